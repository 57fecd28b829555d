"""All that a platform has on its books: documents, charges, and what its events told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from nats.js import JetStreamContext

from ticketing.common.core.events import Event
from ticketing.common.storage.mongo import Document
from ticketing.ops import broker
from ticketing.ops.events import content
from ticketing.ops.platform import STORES, Platform


@dataclass(frozen=True, kw_only=True)
class Charge:
    """Money that Stripe took for an order; amounts are in cents."""

    id: str
    order_id: str
    amount: int
    refunded: int = 0

    @property
    def kept(self) -> int:
        return self.amount - self.refunded


@dataclass(frozen=True, kw_only=True)
class Books:
    """As of `now`. A replica is named for its source, then for the service that keeps it.

    `told` are the events in the stream, each once; None where the stream has lost its beginning.
    `waiting` counts the events that outboxes hold, by service.
    """

    now: datetime
    tickets: list[Document]
    orders: list[Document]
    payments: list[Document]
    tickets_at_orders: list[Document]
    orders_at_tickets: list[Document]
    orders_at_payments: list[Document]
    charges: list[Charge]
    told: list[Event] | None
    waiting: Mapping[str, int]


def read(platform: Platform) -> Books:
    """Read all there is, for a platform at rest: what changes meanwhile does not fit together."""
    told = _told(platform)
    charges = list(_charges(platform))

    def documents(service: str, collection: str) -> list[Document]:
        unread = {"beginnings": False, "byPrice": False}
        return list(platform.database(service)[collection].find({}, unread))

    return Books(
        now=datetime.now(UTC),
        tickets=documents("tickets", "tickets"),
        orders=documents("orders", "orders"),
        payments=documents("payments", "payments"),
        tickets_at_orders=documents("orders", "tickets"),
        orders_at_tickets=documents("tickets", "orders"),
        orders_at_payments=documents("payments", "orders"),
        charges=charges,
        told=told,
        waiting={name: _waiting(platform, name) for name in STORES},
    )


def _waiting(platform: Platform, name: str) -> int:
    """Events in the service's outboxes."""
    found = (
        document["outbox"]
        for store in platform.service(name).stores
        for document in store.documents.find({}, {"outbox": True})
    )
    return sum(map(len, found))


def _charges(platform: Platform) -> Iterator[Charge]:
    """What this platform's intents took; Stripe copies an intent's metadata to its charges."""
    listed = platform.stripe.v1.charges.list({"limit": 100})
    for charge in listed.auto_paging_iter():
        order_id = charge.metadata.to_dict().get("orderId")
        if order_id and charge.paid:
            yield Charge(
                id=charge.id,
                order_id=order_id,
                amount=charge.amount_captured,
                refunded=charge.amount_refunded,
            )


def _told(platform: Platform) -> list[Event] | None:
    """Every event in the stream that can be read, once, in the stream's order."""

    async def told(js: JetStreamContext) -> list[Event] | None:
        known = await broker.state(js, platform.streams.events)
        if known.first_seq > 1:
            return None
        events: dict[str, Event] = {}
        async for each in broker.read(
            js, platform.streams.events, [">"], after=0, until=known.last_seq
        ):
            if event := content(each.message):
                events.setdefault(event.id, event)
        return list(events.values())

    return broker.ask(platform, told)
