"""What happened to an order: events in the stream, in the outboxes, and among the dead letters."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
from nats.js import JetStreamContext

from ticketing.common.messaging.dead_letters import DeadLetters
from ticketing.common.storage.mongo import Document, made_at
from ticketing.ops.broker import Published, ask, first_since, read, state
from ticketing.ops.events import Json, content
from ticketing.ops.facts import Entry, Row, facts
from ticketing.ops.platform import Platform
from ticketing.ops.tables import age, dollars

CLOCKS = timedelta(minutes=5)
"""How much the clocks of services and broker may differ."""
PROMPTLY = timedelta(seconds=1)
SOURCES = {"ticket": "tickets", "order": "orders", "payment": "payments"}


def look(platform: Platform, order_id: str, known: dict[str, Any]) -> Iterator[Row]:
    """The events of the order, its payment and its ticket, and those that were given up."""

    async def published(js: JetStreamContext) -> list[Entry]:
        first = await first_since(js, platform.streams.events, made_at(order_id) - CLOCKS)
        last = (await state(js, platform.streams.events)).last_seq
        events = read(js, platform.streams.events, [">"], after=first - 1, until=last)
        story = _Events(order_id, known.get("ticket", ""))
        return [_entry(each, event) async for each in events if (event := story.take(each))]

    yield from ask(platform, published)
    for letter in DeadLetters(platform.nats_url, platform.cluster_id).all():
        if any(id.encode() in letter.body for id in (order_id, known.get("ticket", order_id))):
            what = f"{letter.subject} given up"
            detail = f"dead letter {letter.number} after {letter.tries} tries: {letter.reason}"
            yield Entry(at=letter.parked_at, where=letter.consumer, what=what, detail=detail)


def unpublished(service: str, document: Document) -> Iterator[Row]:
    """What waits in the outbox of a document."""
    for letter in document["outbox"]:
        what = f"{letter['subject']}, not published yet"
        yield Entry(at=letter["occurredAt"], where=service, what=what, detail=letter["id"])


class _Events:
    """Picks the events of one order, and of its ticket what concerns this order."""

    def __init__(self, order_id: str, ticket_id: str) -> None:
        self._order_id, self._ticket_id = order_id, ticket_id
        self._held = False

    def take(self, published: Published) -> Json | None:
        """The event, if it belongs to the story."""
        ids = (self._order_id, self._ticket_id or self._order_id)
        if not any(id.encode() in published.message.body for id in ids):
            return None
        event = content(published.message)
        if event is None:
            return {"id": published.message.id}
        if not published.message.subject.startswith("ticket."):
            mine = self._order_id in (
                event.get("orderId"),
                event.get("order", {}).get("id"),
                event.get("payment", {}).get("orderId"),
            )
            return event if mine else None
        held, self._held = self._held, event["ticket"].get("orderId") == self._order_id
        return event if held or self._held else None


def _entry(published: Published, event: Json) -> Entry:
    subject = published.message.subject
    where = SOURCES.get(subject.partition(".")[0], "expiration")
    if subject == "payment.rejected":
        where = "orders"
    if "occurredAt" not in event:
        return Entry(at=published.at, where=where, what=subject, detail="cannot be read")
    copy = published.subject.split(".")[1] if published.subject.startswith("again.") else None
    late = published.at - msgspec.convert(event["occurredAt"], type=type(published.at))
    return Entry(
        at=published.at,
        where=where,
        what=subject,
        detail=facts(
            copy and f"again, for {copy} only",
            _order(event.get("order")),
            _ticket(event.get("ticket")),
            _payment(event.get("payment")),
            event.get("reason"),
            late > PROMPTLY and not copy and f"published {age(late)} after it happened",
        ),
    )


def _order(order: Json | None) -> str:
    return f"{order['status']}, version {order['version']}" if order else ""


def _ticket(ticket: Json | None) -> str:
    if not ticket:
        return ""
    holder = ticket.get("orderId")
    state = "free" if not holder else ("sold" if ticket.get("soldAt") else "held")
    return f"{state}, version {ticket['version']}"


def _payment(payment: Json | None) -> str:
    return f"{dollars(round(payment['amount'] * 100))}, payment {payment['id']}" if payment else ""
