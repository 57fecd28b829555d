"""What happened to an order: events in the stream, in the outboxes, and among the dead letters."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from nats.js import JetStreamContext

from ticketing.common.core.event import Event, State
from ticketing.common.core.events import OrderState, PaymentState, TicketState
from ticketing.common.core.money import to_cents
from ticketing.common.messaging.dead_letters import DeadLetters
from ticketing.common.storage.mongo import Document, made_at
from ticketing.ops.broker import Published, ask, first_since, read, state
from ticketing.ops.events import content, is_known
from ticketing.ops.facts import Entry, Row, facts
from ticketing.ops.platform import Platform
from ticketing.ops.tables import age, dollars
from ticketing.registry.declarations import publisher

CLOCKS = timedelta(minutes=5)
"""How much the clocks of services and broker may differ."""
PROMPTLY = timedelta(seconds=1)


def look(platform: Platform, order_id: str, known: dict[str, Any]) -> Iterator[Row]:
    """The events of the order, its payment and its ticket, and those that were given up."""

    async def published(js: JetStreamContext) -> list[Entry]:
        first = await first_since(js, platform.streams.events, made_at(order_id) - CLOCKS)
        last = (await state(js, platform.streams.events)).last_seq
        events = read(js, platform.streams.events, [">"], after=first - 1, until=last)
        story = Events(order_id, known.get("ticket", ""))
        return [entry async for each in events if (entry := story.take(each))]

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


class Events:
    """Picks the events of one order, and of its ticket what concerns this order."""

    def __init__(self, order_id: str, ticket_id: str) -> None:
        self._order_id, self._ticket_id = order_id, ticket_id
        self._held = False

    def take(self, published: Published) -> Entry | None:
        """What to tell of the event, if it belongs to the story; given in the stream's order."""
        ids = (self._order_id, self._ticket_id or self._order_id)
        if not any(id.encode() in published.message.body for id in ids):
            return None
        event = content(published.message)
        return _entry(published, event) if event is None or self._is_mine(event) else None

    def _is_mine(self, event: Event) -> bool:
        if isinstance(event.state, TicketState):
            held, self._held = self._held, event.state.order_id == self._order_id
            return held or self._held
        if self._held and event.about == self._ticket_id:
            return True
        if isinstance(event.state, OrderState):
            return event.state.id == self._order_id
        of_order = (getattr(told, "order_id", None) for told in (event, event.state))
        return self._order_id in of_order


def _entry(published: Published, event: Event | None) -> Entry:
    message = published.message
    if event is not None:
        detail = _detail(published, event)
    else:
        detail = "cannot be read" if is_known(message) else "of a kind that is not known here"
    return Entry(
        at=published.at,
        where=publisher(message.subject) or "",
        what=message.subject,
        detail=detail,
    )


def _detail(published: Published, event: Event) -> str:
    copy = published.subject.split(".")[1] if published.subject.startswith("again.") else None
    late = published.at - event.occurred_at
    return facts(
        copy and f"again, for {copy} only",
        _standing(event.state),
        getattr(event, "reason", ""),
        late > PROMPTLY and not copy and f"published {age(late)} after it happened",
    )


def _standing(state: State | None) -> str:
    """How things stand by an event, in a few words."""
    match state:
        case OrderState():
            return f"{state.status}, version {state.version}"
        case TicketState():
            holding = "sold" if state.sold_at else "held"
            return f"{holding if state.order_id else 'free'}, version {state.version}"
        case PaymentState():
            return f"{dollars(to_cents(state.amount))}, payment {state.id}"
    version = getattr(state, "version", None)
    return "" if version is None else f"version {version}"
