"""What the pages say of an order whose money goes back."""

from typing import Any

import msgspec
import pytest

from ticketing.client.tests.scripted import order
from ticketing.client.views import Order
from ticketing.client.wording import explanation

GONE = "The ticket went to somebody else"


def shown(**values: Any) -> Order:
    return msgspec.convert(order(status="cancelled", **values), Order)


@pytest.mark.parametrize("expired", [False, True])
def test_a_buyer_whose_money_is_on_its_way_back_is_told_why(expired: bool) -> None:
    said = explanation(shown(expired=expired, refundReason=GONE))
    assert said == f"Your payment came too late. {GONE}, so you get your money back."


def test_a_buyer_whose_money_went_back_is_told_why() -> None:
    said = explanation(shown(refunded=True, refundReason=GONE))
    assert said.startswith(f"Your payment came too late. {GONE}. Your bank")


def test_an_order_from_before_reasons_were_kept_has_words_too() -> None:
    said = explanation(shown(refunded=True))
    assert said.startswith("Your payment came too late. The ticket could not be yours any more. ")


def test_an_order_that_was_never_paid_late_speaks_of_no_refund() -> None:
    assert "too late" not in explanation(shown())
