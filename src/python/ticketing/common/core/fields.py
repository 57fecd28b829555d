"""Things that are made of others by the names of their fields, dataclasses and structs alike."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from msgspec import Struct, structs

T = TypeVar("T")


def like(kind: Callable[..., T], source: object, **others: object) -> T:
    """One of this kind, whose fields are as those of the source that have the same names, but for
    the others. What is None is left to its field's default.
    """
    values = {name: getattr(source, name, None) for name in field_names(kind)} | others
    return kind(**{name: value for name, value in values.items() if value is not None})


def _find_names(kind: Any) -> tuple[str, ...]:
    of_struct = issubclass(kind, Struct)
    return tuple(field.name for field in (structs.fields(kind) if of_struct else fields(kind)))


field_names: Callable[[Any], tuple[str, ...]] = cache(_find_names)
