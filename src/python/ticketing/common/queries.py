"""Query parameters: strings that lists share, each with the contract's one message."""

import re
from typing import Any

from marshmallow import Schema
from marshmallow import ValidationError
from marshmallow import fields
from marshmallow import validate

from ticketing.common.schemas import NUMBER
from ticketing.common.schemas import Price

NEXT = "From the Link of a page in the same order."
_ID = "^[0-9a-f]{24}$"


def whole_number(name: str, least: int, most: int, *, default: int) -> fields.Field[int]:
    """An optional whole number within these bounds; `name` begins the message."""
    shape = {"type": "integer", "minimum": least, "maximum": most}
    message = f"{name} must be between {least} and {most}"
    return _WholeNumber(message, least, most, load_default=default, metadata=shape)


class _WholeNumber(fields.Field[int]):
    def __init__(self, message: str, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs, error_messages={"invalid": message})
        self._message, self._least, self._most = message, least, most

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        """Digits only: what int() takes besides (spaces, signs, underscores) is no number here."""
        if re.fullmatch("[0-9]{1,9}", value) and self._least <= int(value) <= self._most:
            return int(value)
        raise ValidationError(self._message)


def price(name: str) -> fields.Field[int]:
    """An optional price, in cents; `name` is that of the parameter."""
    return Price(
        f"{name[0].upper()}{name[1:]} must be between 0 and 999999.99",
        least=0,
        required=False,
        load_default=None,
        data_key=name,
        metadata={"type": "string", "pattern": NUMBER, "description": "In dollars: `20.5`."},
    )


def choice(name: str, *choices: str) -> fields.Field[str]:
    """One of these, the first if none is asked for; `name` begins the message."""
    *others, last = choices
    message = f"{name} must be {', '.join(others)} or {last}"
    return fields.String(load_default=choices[0], validate=validate.OneOf(choices, error=message))


class Page(Schema):
    """Query parameters of a list: how many, and after which id."""

    limit = whole_number("Limit", 1, 200, default=50)
    cursor = fields.String(
        load_default=None,
        validate=validate.Regexp(rf"{_ID[:-1]}\Z", error="Cursor is not valid"),
        metadata={"type": "string", "pattern": _ID, "description": NEXT},
    )
