"""What is read: one thing by its id, or pages of them, newest first."""

from ticketing.stripe_fake import intents
from ticketing.stripe_fake.errors import Json, invalid_parameter, no_such
from ticketing.stripe_fake.params import Params
from ticketing.stripe_fake.store import Book

DEFAULT_LIMIT = 10
MAX_LIMIT = 100


def one(book: Book, kind: str, thing_id: str, params: Params) -> Json:
    params.allow()
    thing = book.find(kind, thing_id)
    if thing is None:
        raise no_such(kind, thing_id, "id", 404)
    return thing


def page(book: Book, kind: str, params: Params, *filters: str) -> Json:
    """The page that `limit` and `starting_after` name; `filters` may hold payment_intent."""
    params.allow("limit", "starting_after", *filters)
    limit = _limit(params)
    after = params.text("starting_after")
    intent_id = params.text("payment_intent")
    if after and book.find(kind, after) is None:
        raise no_such(kind, after, "starting_after")
    if intent_id:
        intents.find(book, intent_id, param="payment_intent", status=400)
    found = book.newest(kind, limit + 1, intent=intent_id, after=after)
    return {
        "object": "list",
        "data": found[:limit],
        "has_more": len(found) > limit,
        "url": f"/v1/{kind}s",
    }


def _limit(params: Params) -> int:
    limit = params.integer("limit") or DEFAULT_LIMIT
    if limit > MAX_LIMIT:
        message = f"This value must be less than or equal to {MAX_LIMIT}."
        raise invalid_parameter(message, "limit", "parameter_invalid_integer")
    return limit
