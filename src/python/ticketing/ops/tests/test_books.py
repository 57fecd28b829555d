"""Replicas as the books have them: all of them, and every field of each."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ticketing.common.core.events import OrderState
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mapping import stored_names
from ticketing.common.storage.replica import Replica
from ticketing.common.testing.services import memory_database
from ticketing.local.tests.bank import CHALLENGED
from ticketing.local.tests.world import World
from ticketing.ops import convergence
from ticketing.ops.books import Books, copies_in
from ticketing.ops.tests.bookkeeping import NOW
from ticketing.registry.declarations import stores
from ticketing.registry.programs import sample


@dataclass(frozen=True, kw_only=True)
class Order:
    id: str
    user_id: str
    ticket_id: str
    at: datetime


class Orders(Replica[Order, OrderState]):
    """A replica that ops has never heard of."""

    model = Order

    @staticmethod
    def copy(order: OrderState, at: datetime, /) -> Order:
        return Order(id=order.id, user_id=order.user_id, ticket_id=order.ticket.id, at=at)


@pytest.fixture()
def world() -> World:
    """With an order that awaits its payment, and of which everybody has heard."""
    world = World()
    ticket = world.tickets.use_cases.create(title="Opera", price=2000, user_id="seller")
    world.flow()
    order = world.orders.use_cases.create(ticket_id=ticket.id, user_id="buyer")
    world.flow()
    world.payments.use_cases.pay(order_id=order.id, token=CHALLENGED, user_id="buyer")
    world.flow()
    assert world.orders.use_cases.get(order.id, user_id="buyer").status == "awaiting:payment"
    return world


def differences(services: Sequence[Service[Any]]) -> list[str]:
    """What rule 5 says of the replicas of these services."""
    stores = [store.documents for service in services for store in service.stores]
    books = Books(
        now=datetime.now(UTC),
        sources={documents.name: list(documents.find()) for documents in stores},
        copies=copies_in(services),
        charges=[],
        told=None,
        waiting={},
    )
    return [each.what for each in convergence.check(books)]


def test_replicas_that_agree_are_left_in_peace(world: World) -> None:
    assert differences(world.services) == []


def test_every_field_of_every_replica_is_compared(world: World) -> None:
    """But for the ids, and for when the order was told of, which is known to the copy alone."""
    for service in world.services:
        for replica in service.replicas:
            names = {*stored_names(replica.model)} - {"_id", "at"}
            if "version" not in {field.name for field in fields(replica.model)}:
                names.discard("version")
            for name in names:
                (document,) = replica.documents.find()
                replica.documents.update_one({}, {"$set": {name: "wrong"}})
                assert differences(world.services) == [f"{service.name} differs in {name}"]
                replica.documents.replace_one({"_id": document["_id"]}, document)


def test_a_replica_that_nobody_named_here_is_compared_too(world: World) -> None:
    replica = Orders(memory_database()["orders"])
    service = replace(world.tickets, name="admission", stores=[], replicas=[replica])
    services = [*world.services, service]
    assert differences(services) == ["admission never heard of it"]
    (source,) = world.all(world.orders, "orders")
    copy = Order(id=source["_id"], user_id="buyer", ticket_id=source["ticket"]["id"], at=NOW)
    replica.keep(copy, 0)
    assert differences(services) == []
    replica.documents.update_one({}, {"$set": {"ticketId": "another"}})
    assert differences(services) == ["admission differs in ticketId"]


def test_every_replica_there_is_has_its_source_among_the_services() -> None:
    services = [sample(name, database=memory_database()) for name in stores()]
    copies = copies_in(services)
    assert len(copies) == sum(len(service.replicas) for service in services)
    assert all(hasattr(each.model, "state") for each in copies)
    assert copies
