"""Fields that services share, and the one message of each."""

import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, validate

from ticketing.common.core.money import from_cents
from ticketing.common.web.queries import Page
from ticketing.common.web.schemas import Price, identifier, text


class Form(Schema):
    price = Price()
    title = text("Title is required", validate.Length(1, 200))
    secret = text("Secret is required", validate.Length(1, 5), trim=False)
    ticket_id = identifier("TicketId must be provided", key="ticketId")


ID = "0123456789abcdef01234567"
GOOD = {"price": 20.5, "title": " a ", "secret": " b ", "ticketId": ID}


def complaints(**changes: Any) -> Any:
    """The messages by field for a form with these changes; a field that is `...` is left out."""
    given = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    with pytest.raises(ValidationError) as refused:
        Form().load(given)
    return refused.value.messages


def cents(price: Any) -> int | None:
    """The price as the field loads it; None where it refuses with its message."""
    if refusals := Form().validate({**GOOD, "price": price}):
        assert refusals == {"price": [Price.MESSAGE]}
        return None
    loaded = Form().load({**GOOD, "price": price})["price"]
    assert isinstance(loaded, int)
    assert 1 <= loaded <= 99_999_999
    return loaded


def test_good_input_is_loaded() -> None:
    assert Form().load(GOOD) == {"price": 2050, "title": "a", "secret": " b ", "ticket_id": ID}


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("price", "Price must be greater than 0"),
        ("title", "Title is required"),
        ("secret", "Secret is required"),
        ("ticketId", "TicketId must be provided"),
    ],
)
@pytest.mark.parametrize("value", [..., None, "", [], {}, True, ["a"], {"a": 1}])
def test_what_is_missing_or_of_the_wrong_type_has_the_message_of_its_field(
    field: str, message: str, value: Any
) -> None:
    assert complaints(**{field: value}) == {field: [message]}


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (1, 100),
        (0.01, 1),
        (19.99, 1999),
        (0.1 + 0.2, None),
        (0.29, 29),
        (999999.99, 99_999_999),
        ("20", 2000),
        ("20.5", 2050),
        (" 20.50 ", 2050),
        (".5", 50),
        ("00020.500", 2050),
        (0, None),
        (-1, None),
        (-0.0, None),
        (0.001, None),
        (20.555, None),
        (1000000, None),
        (1e300, None),
        (float("nan"), None),
        (float("inf"), None),
        ("0", None),
        ("-5", None),
        ("1e3", None),
        ("1,50", None),
        ("1_000", None),
        ("0x10", None),
        ("NaN", None),
        ("Infinity", None),
        ("twenty", None),
        ("20.", None),
        ("²", None),
        ("٣", None),
        ("1" * 5000, None),
        ("0." + "0" * 5000 + "1", None),
    ],
)
def test_a_price_is_exact_to_the_cent_or_refused(price: Any, expected: int | None) -> None:
    assert cents(price) == expected


def test_a_number_that_is_too_long_to_write_down_is_refused() -> None:
    assert cents(10**5000) is None
    assert cents(-(10**5000)) is None


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=99_999_999))
def test_every_price_that_we_show_can_be_sent_back(amount: int) -> None:
    shown = from_cents(amount)
    assert cents(shown) == cents(str(shown)) == cents(f"{Decimal(amount) / 100:.2f}") == amount


@settings(deadline=None)
@given(st.integers() | st.floats() | st.text() | st.decimals().map(str))
def test_any_other_price_is_exact_or_refused_with_the_message(price: float | str) -> None:
    loaded = cents(price)
    if loaded is not None:
        assert Fraction(str(price).strip()) * 100 == loaded


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{1,7}\.[0-9]{1,40}", fullmatch=True))
@example("1.000000000000000000000000000001")
def test_no_digit_of_a_price_is_rounded_away(price: str) -> None:
    loaded = cents(price)
    if loaded is not None:
        assert Fraction(price) * 100 == loaded


@pytest.mark.parametrize("title", ["a" * 200, "é" * 200, "\U0001f3ab", "  " + "a" * 200 + "\n"])
def test_a_text_within_its_rules_is_trimmed_and_kept(title: str) -> None:
    assert Form().load({**GOOD, "title": title})["title"] == title.strip()


@pytest.mark.parametrize("title", [" ", "\n\t", "\u3000", "a" * 201])
def test_a_text_outside_its_rules_has_the_message(title: str) -> None:
    assert complaints(title=title) == {"title": ["Title is required"]}


def test_a_text_that_is_not_trimmed_is_measured_as_it_is() -> None:
    assert Form().load({**GOOD, "secret": "     "})["secret"] == "     "
    assert complaints(secret="      ") == {"secret": ["Secret is required"]}


@pytest.mark.parametrize("id", [ID[1:], ID + "0", ID.upper(), ID[:-1] + "g", ID + "\n0", "é" * 24])
def test_an_id_is_24_hex(id: str) -> None:
    assert complaints(ticketId=id) == {"ticketId": ["TicketId must be provided"]}


def test_a_page_has_50_from_the_start_unless_asked_otherwise() -> None:
    assert Page().load({}) == {"limit": 50, "cursor": None}
    assert Page().load({"limit": "200", "cursor": ID}) == {"limit": 200, "cursor": ID}


@pytest.mark.parametrize(
    "limit", ["0", "-1", "201", "", "ten", "5.7", "1e2", "9" * (sys.get_int_max_str_digits() + 1)]
)
def test_a_silly_limit_is_refused(limit: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Page().load({"limit": limit})
    assert refused.value.messages == {"limit": ["Limit must be between 1 and 200"]}


@pytest.mark.parametrize("cursor", ["", "x", ID + "0", "$gt", ID.upper()])
def test_a_silly_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Page().load({"cursor": cursor})
    assert refused.value.messages == {"cursor": ["Cursor is not valid"]}
