"""A card as it is typed: its number, expiry and security code, checked as Stripe does.

The number is looked up among the test cards and then forgotten. Any other card is refused.
"""

import re
from datetime import UTC, datetime

from ticketing.stripe_fake.errors import wrong_card
from ticketing.stripe_fake.outcomes import Card, card_of_number
from ticketing.stripe_fake.params import Params

MAX_YEARS = 50

_NUMBER = re.compile(r"[0-9]{12,19}")
_CVC = re.compile(r"[0-9]{3,4}")


class TypedCard:
    def __init__(self, params: Params, now: int) -> None:
        params.allow("number", "exp_month", "exp_year", "cvc")
        number = re.sub(r"[ -]", "", params.required("number"))
        params.required("exp_month")
        params.required("exp_year")
        self.exp_month = params.integer("exp_month", at_least=0) or 0
        self.exp_year = _full_year(params.integer("exp_year", at_least=0) or 0)
        cvc = params.text("cvc")
        _check_number(number)
        _check_expiry(self.exp_month, self.exp_year, now)
        self.card = _test_card(number)
        self.has_cvc = cvc is not None
        if cvc is not None:
            _check_cvc(cvc, self.card)


def _full_year(year: int) -> int:
    return year + 2000 if year < 100 else year


def _check_number(number: str) -> None:
    if not _NUMBER.fullmatch(number):
        message = "The card number is not a valid credit card number."
        raise wrong_card("invalid_number", message, "number")
    if not _adds_up(number):
        raise wrong_card("incorrect_number", "Your card number is incorrect.", "number")


def _adds_up(number: str) -> bool:
    """Luhn's sum: every second digit from the right counts twice."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(number[::-1])]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _check_expiry(month: int, year: int, now: int) -> None:
    """A card is good until its month ends."""
    today = datetime.fromtimestamp(now, UTC)
    if not today.year <= year <= today.year + MAX_YEARS:
        message = "Your card's expiration year is invalid."
        raise wrong_card("invalid_expiry_year", message, "exp_year")
    if not 1 <= month <= 12 or (year, month) < (today.year, today.month):
        message = "Your card's expiration month is invalid."
        raise wrong_card("invalid_expiry_month", message, "exp_month")


def _test_card(number: str) -> Card:
    card = card_of_number(number)
    if card is None:
        message = (
            "Your card was declined. Your request was in test mode, but used a non test card. "
            "For a list of valid test cards, visit: https://stripe.com/docs/testing."
        )
        raise wrong_card("card_declined", message, "number", "test_mode_live_card")
    return card


def _check_cvc(cvc: str, card: Card) -> None:
    if not _CVC.fullmatch(cvc) or (len(cvc) == 4 and card.brand != "amex"):
        raise wrong_card("invalid_cvc", "Your card's security code is invalid.", "cvc")
