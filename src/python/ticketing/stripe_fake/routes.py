"""The paths of Stripe's that we use."""

from flask import Blueprint, Response, request

from ticketing.stripe_fake import events, intents, keys, listing, methods, refunds, views
from ticketing.stripe_fake.errors import Json, secret_key_required
from ticketing.stripe_fake.exchange import read, write
from ticketing.stripe_fake.params import Params
from ticketing.stripe_fake.store import Book

api = Blueprint("stripe", __name__, url_prefix="/v1")


@api.before_request
def let_in() -> None:
    """Anybody with a key, and with a publishable one only to what a browser needs."""
    browsers = request.endpoint in ("stripe.create_method", "stripe.retrieve_intent")
    if _is_browser() and not browsers:
        raise secret_key_required()


def _is_browser() -> bool:
    return keys.holder(request.authorization).publishable


@api.post("/payment_methods")
def create_method() -> Response:
    browser = _is_browser()

    def create(book: Book, params: Params, now: int) -> Json:
        method = methods.create(book, params, now)
        return views.method(method) if browser else method

    return write(create)


@api.post("/payment_intents")
def create_intent() -> Response:
    return write(intents.create)


@api.get("/payment_intents")
def list_intents() -> Response:
    return read(lambda book, params: listing.page(book, "payment_intent", params))


@api.get("/payment_intents/<intent_id>")
def retrieve_intent(intent_id: str) -> Response:
    if _is_browser():
        return read(lambda book, params: views.intent(intents.show_buyer(book, intent_id, params)))
    return read(lambda book, params: intents.show(book, intent_id, params))


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


@api.get("/events")
def list_events() -> Response:
    return read(lambda book, params: events.shown_page(book, listing.page(book, "event", params)))


@api.get("/events/<event_id>")
def retrieve_event(event_id: str) -> Response:
    return read(
        lambda book, params: events.show(book, listing.one(book, "event", event_id, params))
    )


@api.post("/refunds")
def create_refund() -> Response:
    return write(refunds.create)


@api.get("/refunds")
def list_refunds() -> Response:
    return read(lambda book, params: listing.page(book, "refund", params, "payment_intent"))


@api.get("/refunds/<refund_id>")
def retrieve_refund(refund_id: str) -> Response:
    return read(lambda book, params: listing.one(book, "refund", refund_id, params))
