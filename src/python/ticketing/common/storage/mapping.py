"""The one mapper between the dataclasses of models and the documents of MongoDB.

Names are in camelCase there, enums are their values, and times stay what they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import msgspec

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.names import camel

M = TypeVar("M")

_OF_EVERY_AGGREGATE = {field.name for field in fields(Aggregate)}
_NESTED = (dict, list)
"""What has names inside: to ask here saves a call for each other value."""


def state_of(thing: object) -> dict[str, Any]:
    """The state of a dataclass: all but its id and version. What is None is to be absent, and in
    nested dataclasses is; so a field that can be None needs that as its default.
    """
    own = {stored: getattr(thing, name) for name, stored in _names(type(thing))}
    plain = msgspec.to_builtins(own, builtin_types=(datetime,))
    return {
        name: _renamed(value, camel) if isinstance(value, _NESTED) else value
        for name, value in plain.items()
    }


def from_document(model: type[M], document: Mapping[str, Any]) -> M:
    """The dataclass; absent fields have their defaults, unknown ones are passed over.

    Raises msgspec.ValidationError where the document cannot be one of these.
    """
    return msgspec.convert(_renamed(document, _snake), model)


def stored_names(model: type[Any]) -> list[str]:
    """The names under which the fields of this dataclass are stored."""
    return ["_id", "version", *sorted(stored for _, stored in _names(model))]


def _find_names(model: Any) -> list[tuple[str, str]]:
    names = (field.name for field in fields(model))
    return [(name, camel(name)) for name in names if name not in _OF_EVERY_AGGREGATE]


_names: Callable[[Any], list[tuple[str, str]]] = cache(_find_names)
"""The fields of a state, by their names here and in documents."""


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    """With other names, as deep as it goes, and without what is None."""
    if isinstance(value, dict):
        return {
            rename(name): _renamed(each, rename) if isinstance(each, _NESTED) else each
            for name, each in value.items()
            if each is not None
        }
    return [_renamed(each, rename) for each in value] if isinstance(value, list) else value


@cache
def _snake(name: str) -> str:
    """`_id` is `id` here."""
    letters = (f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return "".join(letters).removeprefix("_")
