"""Attempts to pay an intent: charge its card, ask the buyer first, or give the intent back."""

from ticketing.stripe_fake import charges, events, methods
from ticketing.stripe_fake.errors import INVALID, Json, StripeError, doc_url
from ticketing.stripe_fake.outcomes import Decline
from ticketing.stripe_fake.store import Book


def attempt(book: Book, intent: Json, now: int) -> Json:
    intent |= {"status": "requires_confirmation", "last_payment_error": None, "next_action": None}
    if methods.card_of(method_of(book, intent)).asks_buyer:
        intent["status"] = "requires_action"
        sdk = {"type": "three_d_secure_redirect"}
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": sdk}
        book.save(intent)
        events.record(book, "payment_intent.requires_action", intent, now)
    elif error := charge(book, intent, now):
        details = {name: value for name, value in error.items() if name not in ("type", "message")}
        raise StripeError(402, "card_error", error["message"], payment_intent=intent, **details)
    return intent


def charge(book: Book, intent: Json, now: int) -> Json | None:
    """Charge the intent's card; what went wrong, if it was declined."""
    method = method_of(book, intent)
    charge = charges.make(book, intent, method, now)
    intent["latest_charge"] = charge["id"]
    decline = methods.card_of(method).decline
    if decline:
        give_back(intent, _decline_error(decline, charge["id"], method))
    else:
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "next_action": None}
    book.save(intent)
    outcome = "payment_failed" if decline else "succeeded"
    events.record(book, f"payment_intent.{outcome}", intent, now)
    error: Json | None = intent["last_payment_error"]
    return error


def give_back(intent: Json, error: Json) -> None:
    intent |= {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    intent["last_payment_error"] = error


def method_of(book: Book, intent: Json) -> Json:
    return methods.find(book, intent["payment_method"])


def _decline_error(decline: Decline, charge_id: str, method: Json) -> Json:
    error = {
        "type": "card_error",
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": decline.message,
        "param": decline.param,
        "charge": charge_id,
        "doc_url": doc_url(decline.code),
        "payment_method": method,
    }
    return {name: value for name, value in error.items() if value is not None}


def authentication_failure(method: Json) -> Json:
    code = "payment_intent_authentication_failure"
    message = (
        "The provided PaymentMethod has failed authentication. You can provide "
        "payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again."
    )
    return {
        "type": INVALID,
        "code": code,
        "doc_url": doc_url(code),
        "message": message,
        "payment_method": method,
    }
