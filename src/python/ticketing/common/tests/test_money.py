"""Cents and the numbers that clients see."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.money import from_cents, to_cents


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=99_999_999))
def test_cents_survive_the_way_out_and_back(cents: int) -> None:
    assert to_cents(from_cents(cents)) == cents
    assert to_cents(json.loads(json.dumps(from_cents(cents)))) == cents


def test_a_whole_amount_is_shown_without_decimals() -> None:
    assert json.dumps(from_cents(2000)) == "20"
    assert json.dumps(from_cents(2050)) == "20.5"
    assert json.dumps(from_cents(1)) == "0.01"
