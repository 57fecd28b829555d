"""Payment methods: which card an attempt is to charge."""

from ticketing.stripe_fake.errors import Json
from ticketing.stripe_fake.errors import invalid_parameter
from ticketing.stripe_fake.errors import no_such
from ticketing.stripe_fake.ids import new_id
from ticketing.stripe_fake.outcomes import Card
from ticketing.stripe_fake.outcomes import card_of_fingerprint
from ticketing.stripe_fake.outcomes import card_of_test_method
from ticketing.stripe_fake.outcomes import card_of_token
from ticketing.stripe_fake.params import Params
from ticketing.stripe_fake.store import Book

PARAMETERS = ("payment_method", "payment_method_data")

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
NOBODY: Json = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None}


class Choice:
    """What a request says about the card, checked for form and not yet looked up."""

    def __init__(self, params: Params) -> None:
        self.method = params.text("payment_method")
        self.token = _token(params.nested("payment_method_data"))
        if self.method and self.token:
            message = (
                "You may only specify one of these parameters: payment_method, payment_method_data."
            )
            raise invalid_parameter(message, "payment_method", "parameters_exclusive")

    def __bool__(self) -> bool:
        return bool(self.method or self.token)

    def card(self) -> Card:
        if self.token:
            card = card_of_token(self.token)
            if card is None:
                raise no_such("token", self.token, "payment_method_data[card][token]")
            return card
        card = card_of_test_method(self.method or "")
        if card is None:
            raise no_such("PaymentMethod", self.method or "", "payment_method")
        return card


def _token(data: Params) -> str | None:
    if not data.tree:
        return None
    data.allow("type", "card")
    data.required("type")
    data.one_of("type", "card")
    card = data.nested("card")
    card.allow("token")
    return card.required("token")


def make(book: Book, card: Card, now: int) -> Json:
    """As on Stripe, test tokens and test methods give a new payment method at every use."""
    method = {
        "id": new_id("pm"),
        "object": "payment_method",
        "billing_details": NOBODY,
        "card": _face(card),
        "created": now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    book.add(method)
    return method


def find(book: Book, method_id: str) -> Json:
    method = book.find("payment_method", method_id)
    if method is None:
        raise no_such("PaymentMethod", method_id, "payment_method")
    return method


def card_of(method: Json) -> Card:
    return card_of_fingerprint(method["card"]["fingerprint"])


def _face(card: Card) -> Json:
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": None,
        },
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": card.brand != "amex"},
        "wallet": None,
    }
