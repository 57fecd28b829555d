"""Payment intents: one purchase, through as many attempts as it takes.

requires_payment_method --confirm--> succeeded | requires_action | requires_payment_method
requires_action --the buyer--> succeeded | requires_payment_method
all but succeeded and canceled --cancel--> canceled
"""

import hmac

from ticketing.stripe_fake import attempts, events, methods
from ticketing.stripe_fake.errors import (
    INVALID,
    Json,
    StripeError,
    may_redirect,
    missing_method,
    no_such,
    unexpected_state,
    wrong_secret,
)
from ticketing.stripe_fake.methods import Choice
from ticketing.stripe_fake.new_intent import NewIntent
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
    intent = wanted.intent(now)
    if wanted.choice:
        intent["payment_method"] = wanted.choice.take(book, intent, now)["id"]
        intent["status"] = "requires_confirmation"
    book.add(intent)
    return attempts.attempt(book, intent, now) if wanted.confirm else intent


def find(book: Book, intent_id: str, *, param: str = "intent", status: int = 404) -> Json:
    intent = book.find(KIND, intent_id)
    if intent is None:
        raise no_such(KIND, intent_id, param, status)
    return intent


def confirm(book: Book, intent_id: str, params: Params, now: int) -> Json:
    params.allow(*methods.PARAMETERS, "use_stripe_sdk")
    params.boolean("use_stripe_sdk")  # which is how the stand-in asks in any case
    choice = Choice(params)
    intent = find(book, intent_id)
    _check_confirmable(intent, bool(choice))
    if intent["automatic_payment_methods"]:
        raise may_redirect(intent)
    if choice:
        intent["payment_method"] = choice.take(book, intent, now)["id"]
    if intent["payment_method"] is None:
        raise missing_method(intent)
    return attempts.attempt(book, intent, now)


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
    events.record(book, "payment_intent.canceled", intent, now)
    return intent


def authenticate(book: Book, intent_id: str, params: Params, now: int) -> Json:
    """What the buyer's bank reports after 3-D Secure; the intent says how it ended."""
    params.allow("client_secret", "outcome")
    secret, succeeded = params.required("client_secret"), params.required("outcome") == "succeed"
    params.one_of("outcome", "succeed", "fail")
    intent = _of_buyer(book, intent_id, secret)
    if intent["status"] != "requires_action":
        message = f"This PaymentIntent has a status of {intent['status']}: nothing to authenticate."
        raise unexpected_state(message, intent)
    if succeeded:
        attempts.charge(book, intent, now)
    else:
        attempts.give_back(
            intent, attempts.authentication_failure(attempts.method_of(book, intent))
        )
        book.save(intent)
        events.record(book, "payment_intent.payment_failed", intent, now)
    return intent


def show(book: Book, intent_id: str, params: Params) -> Json:
    """The intent; `expand[]=latest_charge` puts its charge in the place of the charge's id."""
    params.allow("expand")
    intent = find(book, intent_id)
    for name in params.texts("expand"):
        if name != "latest_charge":
            message = f"This property cannot be expanded ({name})."
            raise StripeError(400, INVALID, message)
        intent = intent | {name: book.find("charge", intent[name] or "")}
    return intent


def show_buyer(book: Book, intent_id: str, params: Params) -> Json:
    params.allow("client_secret")
    return _of_buyer(book, intent_id, params.required("client_secret"))


def _of_buyer(book: Book, intent_id: str, secret: str) -> Json:
    intent = find(book, intent_id)
    if not hmac.compare_digest(secret.encode(), intent["client_secret"].encode()):
        raise wrong_secret()
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
