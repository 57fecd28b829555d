"""Input fields that services share: syntax only, each with the contract's one message."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from marshmallow import ValidationError, fields, validate

from ticketing.common.web.views import EXAMPLE_ID

_ID = re.compile(r"[0-9a-f]{24}\Z")

# What may be a price but for being too low: few enough digits for Decimal's 28 to hold it exactly.
NUMBER = r"^\s*(0{0,18}[0-9]{1,6}|0{0,6}[0-9]{0,6}\.[0-9]{1,2}0{0,10})\s*$"
_NUMBER = re.compile(NUMBER)

# What Python trims and JSON Schema's \s leaves out is blank, too.
_BLANK, _VISIBLE = r"[\s\u001c-\u001f\u0085]", r"[^\s\u001c-\u001f\u0085]"


def text(
    message: str,
    *rules: validate.Validator,
    key: str | None = None,
    trim: bool = True,
    example: str | None = None,
    form: Callable[[str], str] | None = None,
    shape: Mapping[str, Any] | None = None,
) -> fields.Field[Any]:
    """A required string under `key` that keeps the rules, trimmed first if so asked, in the one
    `form` that a function gives it, which raises ValueError where there is none. Its `shape` is
    what JSON Schema can say besides.
    """
    for rule in rules:
        rule.error = message
    examples = {} if example is None else {"examples": [example]}
    return fields.String(
        required=True,
        data_key=key,
        pre_load=_trimmed if trim else None,
        validate=validate.And(*rules),  # their shape is told below, as what is trimmed has another
        post_load=None if form is None else partial(_formed, form, message),
        error_messages={"required": message, "null": message, "invalid": message},
        metadata={**_shape(rules, trim=trim), **(shape or {}), **examples},
    )


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _formed(form: Callable[[str], str], message: str, value: str) -> str:
    try:
        return form(value)
    except ValueError:
        raise ValidationError(message) from None


def identifier(message: str, key: str) -> fields.Field[Any]:
    """A required 24-hex id under `key`."""
    return text(message, validate.Regexp(_ID), key=key, example=EXAMPLE_ID)


def _shape(rules: tuple[validate.Validator, ...], *, trim: bool) -> dict[str, Any]:
    """The rules as JSON Schema."""
    shape: dict[str, Any] = {}
    for rule in rules:
        match rule:
            case validate.Regexp(regex=regex):
                pattern = str(regex.pattern).removesuffix(r"\Z")
                shape["pattern"] = rf"^\s*{pattern}\s*$" if trim else f"^{pattern}$"
            case validate.Length(min=least, max=most) if not trim:
                shape |= {"minLength": least or 0} | ({"maxLength": most} if most else {})
            case validate.Length(max=int(most)) if not shape:
                rest = rf"{_VISIBLE}([\s\S]{{0,{most - 2}}}{_VISIBLE})?"
                shape["pattern"] = f"^{_BLANK}*{rest}{_BLANK}*$"
    return shape


class Price(fields.Field[int]):
    """A price, a number or numeric string with at most two decimals, as integer cents.

    Required unless told otherwise; `least` is the lowest allowed, in cents.
    """

    MESSAGE = "Price must be greater than 0"
    MAX = 999999_99

    def __init__(self, message: str = MESSAGE, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(
            **{"required": True, "metadata": _price(least), **kwargs},
            error_messages={"required": message, "null": message},
        )
        self._message, self._least = message, least

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValidationError(self._message)
        if isinstance(value, int) and abs(value) > self.MAX:  # too long a one for str()
            raise ValidationError(self._message)
        if not _NUMBER.match(str(value)):
            raise ValidationError(self._message)
        cents = Decimal(str(value).strip()) * 100
        if not (self._least <= cents <= self.MAX and cents % 1 == 0):
            raise ValidationError(self._message)
        return int(cents)


def _price(least: int) -> dict[str, Any]:
    """As JSON Schema: a number, or a text of digits that is no zero where that is too low."""
    number = {"type": "number", "minimum": least / 100, "maximum": 999999.99, "multipleOf": 0.01}
    digits: dict[str, Any] = {"type": "string", "pattern": NUMBER}
    if least:
        digits["not"] = {"pattern": r"^[\s0.]*$"}
    return {"anyOf": [number, digits], "examples": [20.5]}
