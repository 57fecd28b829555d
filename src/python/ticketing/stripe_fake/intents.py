"""Payment intents: one purchase, through as many attempts as it takes.

requires_payment_method --confirm--> succeeded | requires_action | requires_payment_method
requires_action --the buyer--> succeeded | requires_payment_method
all but succeeded and canceled --cancel--> canceled
"""

import hmac

from ticketing.stripe_fake import charges
from ticketing.stripe_fake import methods
from ticketing.stripe_fake.errors import INVALID
from ticketing.stripe_fake.errors import Json
from ticketing.stripe_fake.errors import StripeError
from ticketing.stripe_fake.errors import doc_url
from ticketing.stripe_fake.errors import may_redirect
from ticketing.stripe_fake.errors import missing_method
from ticketing.stripe_fake.errors import no_such
from ticketing.stripe_fake.errors import unexpected_state
from ticketing.stripe_fake.methods import Choice
from ticketing.stripe_fake.new_intent import NewIntent
from ticketing.stripe_fake.outcomes import Decline
from ticketing.stripe_fake.params import Params
from ticketing.stripe_fake.store import Book

KIND = "payment_intent"
FINAL = ("succeeded", "canceled")

_CANCELABLE = (
    "requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, "
    "requires_action, expired, processing"
)
_UPDATABLE = "requires_payment_method, requires_confirmation, requires_action"
_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def create(book: Book, params: Params, now: int) -> Json:
    wanted = NewIntent(params)
    card = wanted.choice.card() if wanted.choice else None
    intent = wanted.intent(now)
    book.add(intent)
    if card is not None:
        intent["payment_method"] = methods.make(book, card, now)["id"]
        intent["status"] = "requires_confirmation"
        book.save(intent)
    return _attempt(book, intent, now) if wanted.confirm else intent


def find(book: Book, intent_id: str, *, param: str = "intent", status: int = 404) -> Json:
    intent = book.find(KIND, intent_id)
    if intent is None:
        raise no_such(KIND, intent_id, param, status)
    return intent


def confirm(book: Book, intent_id: str, params: Params, now: int) -> Json:
    params.allow(*methods.PARAMETERS)
    choice = Choice(params)
    intent = find(book, intent_id)
    _check_confirmable(intent, bool(choice))
    if intent["automatic_payment_methods"]:
        raise may_redirect(intent)
    if choice:
        intent["payment_method"] = methods.make(book, choice.card(), now)["id"]
    if intent["payment_method"] is None:
        raise missing_method(intent)
    return _attempt(book, intent, now)


def cancel(book: Book, intent_id: str, params: Params, now: int) -> Json:
    params.allow("cancellation_reason")
    reason = params.one_of("cancellation_reason", *_REASONS)
    intent = find(book, intent_id)
    if intent["status"] in FINAL:
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
            "Only a PaymentIntent with one of the following statuses may be canceled: "
            f"{_CANCELABLE}."
        )
        raise unexpected_state(message, intent)
    intent |= {"status": "canceled", "canceled_at": now, "cancellation_reason": reason}
    intent["next_action"] = None
    book.save(intent)
    return intent


def authenticate(book: Book, intent_id: str, params: Params, now: int) -> Json:
    """What the buyer's bank reports after 3-D Secure; the intent says how it ended."""
    params.allow("client_secret", "outcome")
    secret, succeeded = params.required("client_secret"), params.required("outcome") == "succeed"
    params.one_of("outcome", "succeed", "fail")
    intent = find(book, intent_id)
    if not hmac.compare_digest(secret.encode(), intent["client_secret"].encode()):
        message = (
            "The client_secret provided does not match the client_secret of the PaymentIntent."
        )
        raise StripeError(400, INVALID, message, param="client_secret")
    if intent["status"] != "requires_action":
        message = f"This PaymentIntent has a status of {intent['status']}: nothing to authenticate."
        raise unexpected_state(message, intent)
    if succeeded:
        _charge(book, intent, now)
    else:
        _give_back(intent, _authentication_failure(_method(book, intent)))
        book.save(intent)
    return intent


def _check_confirmable(intent: Json, updates_method: bool) -> None:
    status = intent["status"]
    if status not in FINAL:
        return
    if status == "succeeded":
        message = (
            "You cannot confirm this PaymentIntent because it has already succeeded "
            "after being previously confirmed."
        )
    elif updates_method:
        message = (
            f"This PaymentIntent's payment_method could not be updated because it has a status of "
            f"{status}. You may only update the payment_method of a PaymentIntent with one of the "
            f"following statuses: {_UPDATABLE}."
        )
    else:
        message = f"You cannot confirm this PaymentIntent because it has a status of {status}."
    raise unexpected_state(message, intent)


def _attempt(book: Book, intent: Json, now: int) -> Json:
    intent |= {"status": "requires_confirmation", "last_payment_error": None, "next_action": None}
    if methods.card_of(_method(book, intent)).asks_buyer:
        intent["status"] = "requires_action"
        sdk = {"type": "three_d_secure_redirect"}
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": sdk}
        book.save(intent)
    elif error := _charge(book, intent, now):
        details = {name: value for name, value in error.items() if name not in ("type", "message")}
        raise StripeError(402, "card_error", error["message"], payment_intent=intent, **details)
    return intent


def _charge(book: Book, intent: Json, now: int) -> Json | None:
    """Charge the intent's card; what went wrong, if it was declined."""
    method = _method(book, intent)
    charge = charges.make(book, intent, method, now)
    intent["latest_charge"] = charge["id"]
    decline = methods.card_of(method).decline
    if decline:
        _give_back(intent, _decline_error(decline, charge["id"], method))
    else:
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "next_action": None}
    book.save(intent)
    error: Json | None = intent["last_payment_error"]
    return error


def _give_back(intent: Json, error: Json) -> None:
    intent |= {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    intent["last_payment_error"] = error


def _method(book: Book, intent: Json) -> Json:
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


def _authentication_failure(method: Json) -> Json:
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
