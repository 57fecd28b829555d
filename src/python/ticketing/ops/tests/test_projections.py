"""Replicas made again from a real stream, with the service's documents in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import msgspec
import nats
import pytest
from nats.js import JetStreamContext

from ticketing.common.core.event import Event, subject
from ticketing.common.core.events import (
    OrderCancelled,
    OrderCreated,
    OrderedTicket,
    OrderState,
    OrderStatus,
)
from ticketing.common.messaging import wire
from ticketing.common.messaging.bus import Done, EventRouter, Message
from ticketing.common.messaging.streams import Streams
from ticketing.common.runtime.service import Service
from ticketing.common.testing.servers import NatsServer
from ticketing.common.testing.services import ENV, deliver, memory_database
from ticketing.ops.projections import Rebuilt, rebuild
from ticketing.registry.declarations import stores
from ticketing.registry.programs import sample
from ticketing.tickets import handlers
from ticketing.tickets import main as tickets_main
from ticketing.tickets.service import Tickets

NOW = datetime.now(UTC)
STREAMS = Streams("ticketing")
ORDER = "6b0370b449ad1210ca7c799a"


@pytest.fixture()
def tickets() -> Service[Tickets]:
    """With one ticket, and a replica of orders that is wrong in every way."""
    service = tickets_main.build(ENV, memory_database())
    service.prepare()
    orders = _orders(service)
    wrong = {"version": 99, "status": "awaiting:payment", "price": 1, "stray": True}
    orders.insert_one({"_id": ORDER, **wrong, "expiresAt": NOW, "at": NOW})
    orders.insert_one({"_id": "of nobody", "version": 0, "status": "created"})
    return service


def test_a_replica_is_what_the_stream_tells(
    tickets: Service[Tickets], nats_server: NatsServer
) -> None:
    ticket = tickets.use_cases.create(title="A concert", price=2000, user_id="seller")
    told = [created(ticket.id), cancelled(ticket.id)]
    rebuilt = run(nats_server, tickets, told)
    assert (rebuilt.events, rebuilt.meanwhile, rebuilt.left) == (2, 0, [])
    (order,) = _orders(tickets).find()
    assert (order["_id"], order["version"], order["status"]) == (ORDER, 1, "cancelled")
    assert "stray" not in order


def test_copies_for_another_consumer_tell_nothing_new(
    tickets: Service[Tickets], nats_server: NatsServer
) -> None:
    ticket = tickets.use_cases.create(title="A concert", price=2000, user_id="seller")
    again = wire.copy("copy", "payments", _message(cancelled(ticket.id)), tries=3)
    rebuilt = run(nats_server, tickets, [created(ticket.id)], again)
    assert rebuilt.events == 1
    (order,) = _orders(tickets).find()
    assert order["status"] == "created"


@pytest.mark.parametrize("body", [b'{"subject":"order.created"}', b'{"id":"\xff"}', b""])
def test_what_nobody_can_read_is_left_out_and_named(
    body: bytes, tickets: Service[Tickets], nats_server: NatsServer
) -> None:
    good = _message(created("t"))
    for_nobody = wire.event(replace(good, id="bad", body=body))
    rebuilt = run(nats_server, tickets, [created("t")], for_nobody)
    assert (rebuilt.events, rebuilt.unread) == (1, [2])
    assert [order["_id"] for order in _orders(tickets).find()] == [ORDER]


def test_what_came_meanwhile_is_handled_once_more(
    tickets: Service[Tickets], nats_server: NatsServer
) -> None:
    ticket = tickets.use_cases.create(title="A concert", price=2000, user_id="seller")
    loop_of_js: list[tuple[asyncio.AbstractEventLoop, JetStreamContext]] = []
    slow = EventRouter[Tickets]()

    @slow.on(OrderCreated, replica=True)
    def note_order(event: OrderCreated, use_cases: Tickets) -> None:
        use_cases.note_order(event.order, event.occurred_at)
        loop, js = loop_of_js[0]
        letter = wire.event(_message(cancelled(ticket.id)))
        asyncio.run_coroutine_threadsafe(wire.publish(js, letter), loop).result(5)

    slow.on(OrderCancelled, replica=True)(handlers.note_order)
    slow.on(OrderCancelled)(handlers.release_ticket)

    async def go(js: JetStreamContext) -> Rebuilt:
        loop_of_js.append((asyncio.get_running_loop(), js))
        await wire.publish(js, wire.event(_message(created(ticket.id))))
        return await rebuild(js, STREAMS.events, replace(tickets, events=slow))

    assert deliver(tickets, created(ticket.id)) == Done()
    rebuilt = with_broker(nats_server, go)
    assert (rebuilt.events, rebuilt.meanwhile, rebuilt.left) == (1, 1, [])
    assert tickets.use_cases.get(ticket.id).order_id is None
    (order,) = _orders(tickets).find()
    assert order["status"] == "cancelled"


def test_a_stream_that_lost_its_beginning_rebuilds_nothing(
    tickets: Service[Tickets], nats_server: NatsServer
) -> None:
    before = list(_orders(tickets).find())

    async def go(js: JetStreamContext) -> Rebuilt:
        for event in (created("t"), cancelled("t")):
            await wire.publish(js, wire.event(_message(event)))
        await js.delete_msg(STREAMS.events, 1)
        return await rebuild(js, STREAMS.events, tickets)

    with pytest.raises(click.ClickException, match="TICKETING is not whole"):
        with_broker(nats_server, go)
    assert list(_orders(tickets).find()) == before


@pytest.mark.parametrize("name", stores())
def test_every_service_with_a_replica_can_have_it_made_again(name: str) -> None:
    service = sample(name)
    assert bool(service.events.replicas.subjects) == bool(service.replicas)


def run(
    server: NatsServer, service: Service[Any], events: Sequence[Event], *drafts: wire.Draft
) -> Rebuilt:
    async def go(js: JetStreamContext) -> Rebuilt:
        for draft in (*(wire.event(_message(event)) for event in events), *drafts):
            await wire.publish(js, draft)
        return await rebuild(js, STREAMS.events, service)

    return with_broker(server, go)


def with_broker(
    server: NatsServer, go: Callable[[JetStreamContext], Awaitable[Rebuilt]]
) -> Rebuilt:
    async def connected() -> Rebuilt:
        client = await nats.connect(server.url)
        js = client.jetstream()
        await STREAMS.ensure(js, 1)
        try:
            return await go(js)
        finally:
            await client.close()

    return asyncio.run(connected())


def created(ticket_id: str) -> OrderCreated:
    return OrderCreated(
        id=f"{ORDER}-0", occurred_at=NOW, order=_state(ticket_id, 0, OrderStatus.CREATED)
    )


def cancelled(ticket_id: str) -> OrderCancelled:
    return OrderCancelled(
        id=f"{ORDER}-1", occurred_at=NOW, order=_state(ticket_id, 1, OrderStatus.CANCELLED)
    )


def _state(ticket_id: str, version: int, status: OrderStatus) -> OrderState:
    return OrderState(
        id=ORDER,
        user_id="buyer",
        status=status,
        expires_at=NOW + timedelta(seconds=60),
        version=version,
        ticket=OrderedTicket(id=ticket_id, price=20.0),
    )


def _message(event: Event) -> Message:
    body = msgspec.json.encode(event)
    return Message(id=event.id, subject=subject(type(event)), body=body, correlation_id="c")


def _orders(service: Service[Tickets]) -> Any:
    database: Any = service.database
    documents: Any = database["orders"]
    return documents
