"""HTTP for payments."""

from threading import BoundedSemaphore

from flask import request
from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from ticketing.common.core.errors import Conflict, Unavailable
from ticketing.common.identity.access import signed_in
from ticketing.common.web.idempotency import idempotent
from ticketing.common.web.limits import by_user, limited
from ticketing.common.web.operation import Operation, Who
from ticketing.common.web.routes import MAX_BODY, Routes, body, told
from ticketing.payments.model import NotPayable
from ticketing.payments.processor import CardDeclined, ProcessorSilent
from ticketing.payments.schemas import NewPayment, Receipt, Received, receipt_view
from ticketing.payments.service import Payments
from ticketing.payments.webhooks import NotFromStripe, WebhooksOff

payments = Routes[Payments]("payments", __name__, url_prefix="/api/payments")

new_payment = NewPayment()

WEBHOOKS_AT_ONCE = 4
"""Each waits for Stripe; the other threads are for buyers."""
_seats = BoundedSemaphore(WEBHOOKS_AT_ONCE)


class TooManyWebhooks(Unavailable):
    """All seats are taken."""

    sentence = "Too many webhooks at once, try again"


@payments.post("")
@Operation(
    "Pay an order",
    answers={201: Receipt, 202: Receipt},
    details="201 when it is paid. 202 when the buyer must act with the client secret first: then"
    " post the same again, under another key or none.",
    body=new_payment,
    refusals=[NotPayable, CardDeclined("Your card was declined.")],
    fails=[404],
    says={503: [ProcessorSilent]},
    keyed=True,
)
@limited("payments_per_user", by_user)
@signed_in
@idempotent
def pay(_: str | None) -> ResponseReturnValue:
    """The id that comes with an Idempotency-Key is not needed: an order has one payment."""
    receipt = payments.use_cases.pay(**body(new_payment), user_id=current_user.id)
    return told(receipt_view(receipt), 201 if receipt.client_secret is None else 202)


@payments.post("/webhook")
@Operation(
    "What Stripe tells by itself",
    answers={200: Received},
    details="For Stripe, which signs it; it comes again unless the answer is 2xx.",
    who=Who.ANYONE,
    refusals=[NotFromStripe],
    says={409: [Conflict], 503: [TooManyWebhooks, WebhooksOff, ProcessorSilent]},
)
def receive() -> ResponseReturnValue:
    data = request.get_data()
    if len(data) > MAX_BODY:
        raise RequestEntityTooLarge
    if not _seats.acquire(blocking=False):
        raise TooManyWebhooks
    try:
        payments.use_cases.receive(data, request.headers.get("Stripe-Signature", ""))
    finally:
        _seats.release()
    return told(Received(received=True))
