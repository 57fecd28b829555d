"""HTTP for payments."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ticketing.common.identity import User
from ticketing.common.identity import signed_in
from ticketing.common.web import body
from ticketing.common.web import use_cases
from ticketing.payments.schemas import NewPayment
from ticketing.payments.schemas import receipt_view
from ticketing.payments.service import Payments

payments = Blueprint("payments", __name__, url_prefix="/api/payments")

new_payment = NewPayment()


@payments.post("")
@signed_in
def pay(user: User) -> ResponseReturnValue:
    """201 when paid; 202 when the buyer must act first, then post again."""
    receipt = use_cases(Payments).pay(**body(new_payment), user_id=user.id)
    return receipt_view(receipt), 201 if receipt.client_secret is None else 202
