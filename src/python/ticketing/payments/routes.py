"""HTTP for payments."""

from threading import BoundedSemaphore

from flask import Blueprint
from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from ticketing.common.errors import Unavailable
from ticketing.common.idempotency import idempotent
from ticketing.common.identity import User
from ticketing.common.identity import signed_in
from ticketing.common.limits import by_user
from ticketing.common.limits import limited
from ticketing.common.web import MAX_BODY
from ticketing.common.web import body
from ticketing.common.web import use_cases
from ticketing.payments.schemas import NewPayment
from ticketing.payments.schemas import receipt_view
from ticketing.payments.service import Payments

payments = Blueprint("payments", __name__, url_prefix="/api/payments")

new_payment = NewPayment()

WEBHOOKS_AT_ONCE = 4
"""Each waits for Stripe; the other threads are for buyers."""
_seats = BoundedSemaphore(WEBHOOKS_AT_ONCE)


@payments.post("")
@limited("payments_per_user", by_user)
@signed_in
@idempotent
def pay(user: User, _: str | None) -> ResponseReturnValue:
    """201 when paid; 202 when the buyer must act first, then post again, under another key.

    The id that comes with an Idempotency-Key is not needed: an order has one payment.
    """
    receipt = use_cases(Payments).pay(**body(new_payment), user_id=user.id)
    return receipt_view(receipt), 201 if receipt.client_secret is None else 202


@payments.post("/webhook")
def receive() -> ResponseReturnValue:
    """What Stripe tells by itself; it comes again unless the answer is 2xx."""
    data = request.get_data()
    if len(data) > MAX_BODY:
        raise RequestEntityTooLarge
    if not _seats.acquire(blocking=False):
        raise Unavailable("Too many webhooks at once, try again")
    try:
        use_cases(Payments).receive(data, request.headers.get("Stripe-Signature", ""))
    finally:
        _seats.release()
    return {"received": True}
