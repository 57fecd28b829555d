"""Query parameters: strings that lists share, each with the contract's one message."""

import re

from marshmallow import Schema, fields, validate

from ticketing.common.web.schemas import NUMBER, Price

NO_CURSOR = "Cursor is not valid"


def whole_number(name: str, least: int, most: int, *, default: int) -> fields.Field[int]:
    """An optional whole number within these bounds; `name` begins the message."""
    message = f"{name} must be between {least} and {most}"
    return fields.Integer(
        load_default=default,
        pre_load=_digits,
        validate=validate.Range(least, most, error=message),
        error_messages={"invalid": message},
    )


def _digits(value: str) -> str:
    """Digits only: what int() takes besides (spaces, signs, underscores) is no number here."""
    return value if re.fullmatch("[0-9]{1,9}", value) else ""


def page_cursor(pattern: str) -> fields.Field[str]:
    """Where a page begins, in this form; None for the first page."""
    return fields.String(
        load_default=lambda: None,  # None itself would be documented, and null taken
        validate=validate.Regexp(rf"{pattern}\Z", error=NO_CURSOR),
        metadata={
            "pattern": f"^{pattern}$",
            "description": "From the Link of a page in the same order.",
        },
    )


def price(name: str) -> fields.Field[int]:
    """An optional price, in cents; `name` is that of the parameter."""
    return Price(
        f"{name[0].upper()}{name[1:]} must be between 0 and 999999.99",
        least=0,
        required=False,
        load_default=lambda: None,
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
    cursor = page_cursor("[0-9a-f]{24}")
