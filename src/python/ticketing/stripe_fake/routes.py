"""The paths of Stripe's that we use."""

from flask import Blueprint
from flask import Response
from flask import request

from ticketing.stripe_fake import intents
from ticketing.stripe_fake import keys
from ticketing.stripe_fake import listing
from ticketing.stripe_fake import refunds
from ticketing.stripe_fake.exchange import read
from ticketing.stripe_fake.exchange import write

api = Blueprint("stripe", __name__, url_prefix="/v1")


@api.before_request
def let_in() -> None:
    keys.account(request.authorization)


@api.post("/payment_intents")
def create_intent() -> Response:
    return write(intents.create)


@api.get("/payment_intents")
def list_intents() -> Response:
    return read(lambda book, params: listing.page(book, "payment_intent", params))


@api.get("/payment_intents/<intent_id>")
def retrieve_intent(intent_id: str) -> Response:
    return read(lambda book, params: listing.one(book, "payment_intent", intent_id, params))


@api.post("/payment_intents/<intent_id>/confirm")
def confirm_intent(intent_id: str) -> Response:
    return write(lambda book, params, now: intents.confirm(book, intent_id, params, now))


@api.post("/payment_intents/<intent_id>/cancel")
def cancel_intent(intent_id: str) -> Response:
    return write(lambda book, params, now: intents.cancel(book, intent_id, params, now))


@api.get("/charges")
def list_charges() -> Response:
    return read(lambda book, params: listing.page(book, "charge", params, "payment_intent"))


@api.get("/charges/<charge_id>")
def retrieve_charge(charge_id: str) -> Response:
    return read(lambda book, params: listing.one(book, "charge", charge_id, params))


@api.post("/refunds")
def create_refund() -> Response:
    return write(refunds.create)


@api.get("/refunds")
def list_refunds() -> Response:
    return read(lambda book, params: listing.page(book, "refund", params, "payment_intent"))


@api.get("/refunds/<refund_id>")
def retrieve_refund(refund_id: str) -> Response:
    return read(lambda book, params: listing.one(book, "refund", refund_id, params))
