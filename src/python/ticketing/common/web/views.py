"""What clients get: structs that are written as they are, and the kinds of field they share."""

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ticketing.common.core.clock import iso


class View(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An answer's body, or a part of it. What does not apply is UNSET, and left out."""


EXAMPLE_ID = "5c0a7922c9d89830f4911426"
TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"

Id = Annotated[str, Meta(pattern="^[0-9a-f]{24}$", examples=[EXAMPLE_ID])]
Version = Annotated[
    int, Meta(ge=0, description="Grows with every saved change; also the ETag.", examples=[0])
]
Time = Annotated[
    str,
    Meta(
        pattern=TIME,
        examples=["2026-01-31T12:00:00.000Z"],
        extra_json_schema={"format": "date-time"},
    ),
]
Amount = Annotated[
    float, Meta(ge=0, description="In dollars, at most two decimals.", examples=[20.5])
]
"""May hold an int: 20, not 20.0."""


class Versioned(View, frozen=True):
    """A view whose `version` tells whether it is still the same."""

    id: Id
    version: Version


class ErrorEntry(View, frozen=True):
    """What is wrong: a code for programs and a sentence to show; with `field` where that is one
    field of the body or the query.
    """

    code: Annotated[str, Meta(pattern="^[a-z]+(_[a-z]+)*$", examples=["not_authorized"])]
    message: Annotated[str, Meta(min_length=1, examples=["Not Authorized"])]
    field: Annotated[str, Meta(min_length=1)] | UnsetType = UNSET


class Errors(View, frozen=True):
    """What every answer of 4xx and 5xx holds."""

    errors: Annotated[list[ErrorEntry], Meta(min_length=1)]


V = TypeVar("V", bound=View)


def view(kind: type[V], source: object, **others: object) -> V:
    """What clients get of a model: its fields of the same names, times in their form, but for the
    others. What is None does not apply.
    """
    names = (name for name in kind.__struct_fields__ if name not in others)
    values = {name: getattr(source, name) for name in names} | others
    return kind(**{name: _shown(value) for name, value in values.items() if value is not None})


def _shown(value: object) -> object:
    return iso(value) if isinstance(value, datetime) else value
