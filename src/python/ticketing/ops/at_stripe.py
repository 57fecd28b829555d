"""What Stripe has on its books for an order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ticketing.ops.facts import Entry, Row, State, facts
from ticketing.ops.platform import Platform
from ticketing.ops.tables import dollars


def look(platform: Platform, order_id: str, known: dict[str, Any]) -> Iterator[Row]:
    """The intent of the order's payment, its charges, and what was given back."""
    if not known.get("intent"):
        return
    stripe = platform.stripe.v1
    intent = stripe.payment_intents.retrieve(known["intent"])
    yield _state("payment intent", intent.id, intent.status, dollars(intent.amount))
    yield _entry(intent.created, "payment intent made", intent.id)
    for charge in stripe.charges.list({"payment_intent": intent.id, "limit": 100}).data[::-1]:
        kept = f"kept {dollars(charge.amount_captured - charge.amount_refunded)}"
        yield _state("charge", charge.id, charge.status, dollars(charge.amount), kept)
        yield _entry(charge.created, f"charge {charge.status}", charge.id, charge.failure_message)
    for refund in stripe.refunds.list({"payment_intent": intent.id, "limit": 100}).data[::-1]:
        yield _state("refund", refund.id, refund.status, dollars(refund.amount))
        yield _entry(refund.created, f"refund {refund.status}", refund.id)


def _state(what: str, id: str, *given: object) -> State:
    return State(where="Stripe", what=what, id=id, detail=facts(*given))


def _entry(created: int, what: str, *given: object) -> Entry:
    at = datetime.fromtimestamp(created, UTC)
    return Entry(at=at, where="Stripe", what=what, detail=facts(*given), to_the_second=True)
