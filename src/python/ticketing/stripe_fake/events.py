"""Stripe's events: what became of an intent, and refunds, written down with the change itself.

Of the kinds of event that docs.stripe.com/api/events/types lists, these are recorded:
payment_intent.succeeded, .payment_failed, .requires_action and .canceled, charge.refunded and
refund.created.
"""

import copy

from ticketing.stripe_fake.errors import Json
from ticketing.stripe_fake.ids import new_id
from ticketing.stripe_fake.store import Book

API_VERSION = "2026-10-28.endive"
KIND = "event"


def record(book: Book, type: str, thing: Json, now: int) -> None:
    """Tell that this happened to a thing, which the event keeps as it is now."""
    event: Json = {
        "id": new_id("evt"),
        "object": KIND,
        "api_version": API_VERSION,
        "created": now,
        "data": {"object": copy.deepcopy(thing)},
        "livemode": False,
        "pending_webhooks": 0,
        "request": book.request,
        "type": type,
    }
    book.add(event)
    book.send(event["id"], now)


def show(book: Book, event: Json) -> Json:
    """The event, with how often it is still to be sent."""
    return event | {"pending_webhooks": min(1, book.deliveries.waiting(event["id"]))}


def shown_page(book: Book, page: Json) -> Json:
    return page | {"data": [show(book, event) for event in page["data"]]}
