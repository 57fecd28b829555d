"""What clients send and get about payments."""

from typing import Annotated

from marshmallow import Schema, validate
from msgspec import UNSET, Meta, UnsetType

from ticketing.common.web.schemas import text
from ticketing.common.web.views import EXAMPLE_ID, Id, View
from ticketing.payments import service


class NewPayment(Schema):
    """A card, as a Stripe token or payment method, and the order to pay with it."""

    token = text(
        "Invalid value", validate.Regexp(r"(tok|pm)_[A-Za-z0-9_]{1,250}\Z"), example="pm_card_visa"
    )
    order_id = text("Invalid value", validate.Length(1, 64), key="orderId", example=EXAMPLE_ID)


class Receipt(View, frozen=True):
    """The payment; with what the browser needs while its buyer must act."""

    id: Id
    client_secret: (
        Annotated[str, Meta(min_length=1, examples=["pi_3Abc_secret_Def"])] | UnsetType
    ) = UNSET


class Received(View, frozen=True):
    """What Stripe told is settled."""

    received: Annotated[bool, Meta(examples=[True])]


def receipt_view(receipt: service.Receipt) -> Receipt:
    """The payment's id, and the client secret while the buyer must act."""
    secret = receipt.client_secret
    return Receipt(id=receipt.payment_id, client_secret=UNSET if secret is None else secret)
