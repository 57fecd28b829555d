"""Payment methods: which card an attempt is to charge."""

from ticketing.stripe_fake.cards import TypedCard
from ticketing.stripe_fake.errors import Json, invalid_parameter, method_spent, no_such
from ticketing.stripe_fake.ids import new_id
from ticketing.stripe_fake.outcomes import (
    Card,
    card_of_fingerprint,
    card_of_test_method,
    card_of_token,
)
from ticketing.stripe_fake.params import Params
from ticketing.stripe_fake.store import Book

KIND = "payment_method"
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

    def take(self, book: Book, intent: Json, now: int) -> Json:
        """The payment method, now this intent's and never another's, as there is no customer.

        Test tokens and test methods give a new one at every use, as on Stripe. One of the buyer's
        own that ended in a decline cannot be tried again, not even for the same intent.
        """
        own = book.find(KIND, self.method) if self.method else None
        method = own or make(book, self._card(), now)
        if not book.claim(method["id"], intent["id"]) and intent[KIND] != method["id"]:
            raise method_spent()
        return method

    def _card(self) -> Card:
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


def create(book: Book, params: Params, now: int) -> Json:
    params.allow("type", "card")
    params.required("type")
    params.one_of("type", "card")
    typed = TypedCard(params.nested("card"), now)
    method = _new(typed.card, typed.exp_month, typed.exp_year, now)
    method["card"]["checks"]["cvc_check"] = "unchecked" if typed.has_cvc else None
    book.add(method)
    return method


def make(book: Book, card: Card, now: int) -> Json:
    method = _new(card, 12, 2034, now)
    book.add(method)
    return method


def _new(card: Card, exp_month: int, exp_year: int, now: int) -> Json:
    return {
        "id": new_id("pm"),
        "object": KIND,
        "billing_details": NOBODY,
        "card": _face(card) | {"exp_month": exp_month, "exp_year": exp_year},
        "created": now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def find(book: Book, method_id: str) -> Json:
    method = book.find(KIND, method_id)
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
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": card.brand != "amex"},
        "wallet": None,
    }
