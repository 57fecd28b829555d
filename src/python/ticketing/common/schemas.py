"""Input fields that services share: syntax only, each with the contract's one message."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import Schema
from marshmallow import ValidationError
from marshmallow import fields
from marshmallow import validate

_ID = re.compile(r"[0-9a-f]{24}\Z")

# Digits enough for any price, and few enough for Decimal's 28 to hold it exactly.
_NUMBER = re.compile(r"\s*[0-9]{0,12}\.?[0-9]{1,12}\s*\Z")


def text(
    message: str, *rules: validate.Validator, key: str | None = None, trim: bool = True
) -> fields.Field[Any]:
    """A required string under `key` that keeps the rules, trimmed first if so asked."""
    return _Text(message, rules, trim=trim, data_key=key)


def identifier(message: str, key: str) -> fields.Field[Any]:
    """A required 24-hex id under `key`."""
    return text(message, validate.Regexp(_ID), key=key)


class _Text(fields.Field[str]):
    def __init__(
        self, message: str, rules: tuple[validate.Validator, ...], *, trim: bool, **kwargs: Any
    ) -> None:
        super().__init__(
            required=True, error_messages={"required": message, "null": message}, **kwargs
        )
        self._message, self._rules, self._trim = message, rules, trim

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(self._message)
        found: str = value.strip() if self._trim else value
        try:
            for rule in self._rules:
                rule(found)
        except ValidationError:
            raise ValidationError(self._message) from None
        return found


class Price(fields.Field[int]):
    """A price, a number or numeric string with at most two decimals, as integer cents.

    Required unless told otherwise; `least` is the lowest allowed, in cents.
    """

    MESSAGE = "Price must be greater than 0"
    MAX = 999999_99

    def __init__(self, message: str = MESSAGE, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(
            **{"required": True, **kwargs},
            error_messages={"required": message, "null": message},
        )
        self._message, self._least = message, least

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValidationError(self._message)
        if (
            isinstance(value, int) and abs(value) > self.MAX
        ):  # str() refuses to write very long ones
            raise ValidationError(self._message)
        if not _NUMBER.match(str(value)):
            raise ValidationError(self._message)
        cents = Decimal(str(value).strip()) * 100
        if not (self._least <= cents <= self.MAX and cents % 1 == 0):
            raise ValidationError(self._message)
        return int(cents)


def whole_number(name: str, least: int, most: int, *, default: int) -> fields.Field[int]:
    """An optional whole number within these bounds; `name` begins the message."""
    message = f"{name} must be between {least} and {most}"
    return fields.Integer(
        load_default=default,
        validate=validate.Range(least, most, error=message),
        error_messages={"invalid": message},
    )


class Page(Schema):
    """Query parameters of a list: how many, and after which id."""

    limit = whole_number("Limit", 1, 200, default=50)
    cursor = fields.String(
        load_default=None,
        validate=validate.Regexp(_ID, error="Cursor is not valid"),
    )
