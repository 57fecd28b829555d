"""All that a platform has on its books: documents, charges, and what its events told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nats.js import JetStreamContext

from ticketing.common.core.event import Event
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import Document
from ticketing.common.storage.store import Store
from ticketing.ops import broker
from ticketing.ops.events import content
from ticketing.ops.platform import STORES, Platform

UNREAD = {"beginnings": False, "byPrice": False}
"""What documents have for searches, and no rule is about."""


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
class Copies:
    """What the service `keeper` holds of the collection `source` of another one.

    `model` is what that holds; `copy` makes of its state, and the time when that was told, what is
    to be held of it.
    """

    keeper: str
    source: str
    model: type[Any]
    copy: Callable[[Any, datetime], object]
    documents: list[Document]


@dataclass(frozen=True, kw_only=True)
class Books:
    """As of `now`. `sources` has, by collection, the documents that rules are about or that are
    copied.

    `told` are the events in the stream, each once; None where the stream has lost its beginning.
    `waiting` counts the events that outboxes hold, by service.
    """

    now: datetime
    sources: Mapping[str, list[Document]]
    copies: list[Copies]
    charges: list[Charge]
    told: list[Event] | None
    waiting: Mapping[str, int]

    @property
    def tickets(self) -> list[Document]:
        return self.sources["tickets"]

    @property
    def orders(self) -> list[Document]:
        return self.sources["orders"]

    @property
    def payments(self) -> list[Document]:
        return self.sources["payments"]


def read(platform: Platform) -> Books:
    """Read all there is, for a platform at rest: what changes meanwhile does not fit together."""
    told = _told(platform)
    charges = list(_charges(platform))
    for name in STORES:
        platform.database(name)  # must be in reach
    services = [platform.service(name) for name in STORES]
    copies = copies_in(services)
    names = {"tickets", "orders", "payments", *(each.source for each in copies)}
    return Books(
        now=datetime.now(UTC),
        sources={
            name: list(store.documents.find({}, UNREAD))
            for name, store in _stores(services).items()
            if name in names
        },
        copies=copies,
        charges=charges,
        told=told,
        waiting={each.name: _waiting(each) for each in services},
    )


def copies_in(services: Sequence[Service[Any]]) -> list[Copies]:
    """What each of the services holds of the others."""
    stores = _stores(services)
    return [
        Copies(
            keeper=service.name,
            source=replica.documents.name,
            model=stores[replica.documents.name].model,
            copy=replica.copy,
            documents=list(replica.documents.find()),
        )
        for service in services
        for replica in service.replicas
    ]


def _stores(services: Sequence[Service[Any]]) -> dict[str, Store[Any]]:
    return {store.documents.name: store for service in services for store in service.stores}


def _waiting(service: Service[Any]) -> int:
    """Events in the service's outboxes."""
    pending = (document for store in service.stores for document in store.pending(limit=0))
    return sum(len(document["outbox"]) for document in pending)


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
