"""What clients send and get about payments."""

from marshmallow import Schema
from marshmallow import validate

from ticketing.common.schemas import text
from ticketing.payments.service import Receipt


class NewPayment(Schema):
    """A card, as a Stripe token or payment method, and the order to pay with it."""

    token = text("Invalid value", validate.Regexp(r"(tok|pm)_\w{1,250}\Z"))
    order_id = text("Invalid value", validate.Length(1, 64), key="orderId")


def receipt_view(receipt: Receipt) -> dict[str, str]:
    """The payment's id, and the client secret while the buyer must act."""
    if receipt.client_secret is None:
        return {"id": receipt.payment_id}
    return {"id": receipt.payment_id, "clientSecret": receipt.client_secret}
