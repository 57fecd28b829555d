"""Things that are made of others by the names of their fields, dataclasses and structs alike."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from msgspec import Struct, structs

T = TypeVar("T")


def like(kind: Callable[..., T], source: object, **others: object) -> T:
    """One of this kind, whose fields are as those of the source that have the same names, but for
    the others; raises AttributeError where the source has no such field.
    """
    names = (name for name in field_names(kind) if name not in others)
    return kind(**{name: getattr(source, name) for name in names}, **others)


@cache
def field_names(kind: Any) -> tuple[str, ...]:
    """Of a struct or dataclass."""
    of_struct = issubclass(kind, Struct)
    return tuple(field.name for field in (structs.fields(kind) if of_struct else fields(kind)))
