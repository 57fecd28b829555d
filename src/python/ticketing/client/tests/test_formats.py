"""Prices and times as people read them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ticketing.client.formats import moment, money

NOON = datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("25", "$25.00"), ("0.5", "$0.50"), ("999999.99", "$999,999.99"), ("19.90", "$19.90")],
)
def test_a_price_has_its_currency_and_its_cents(amount: str, text: str) -> None:
    assert money(Decimal(amount)) == text


def test_a_moment_names_its_zone_and_tells_scripts_the_exact_time() -> None:
    assert str(moment(NOON)) == (
        '<time datetime="2026-01-31T12:00:00.250Z" data-local>31 Jan 2026, 12:00 UTC</time>'
    )


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    assert moment(NOON.astimezone(timezone(timedelta(hours=5)))) == moment(NOON)
