"""The wire form of every event."""

import re
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.event import Event, subject
from ticketing.common.core.events import (
    EVENTS,
    OrderCreated,
    OrderedTicket,
    OrderState,
    OrderStatus,
    PaymentState,
    TicketState,
    TicketUpdated,
)
from ticketing.common.tests.things import NOON

words = st.text(max_size=30)
amounts = st.integers(min_value=1, max_value=999_999_99).map(lambda cents: cents / 100)
moments = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(2999, 1, 1)  # noqa: DTZ001
).map(lambda naive: naive.replace(tzinfo=NOON.tzinfo))
leaves: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    int: st.integers(min_value=0, max_value=2**53),
    float: amounts,
    datetime: moments,
    OrderStatus: st.sampled_from(OrderStatus),
    bool: st.booleans(),
    str | None: st.none() | words,
    float | None: st.none() | amounts,
    datetime | None: st.none() | moments,
}


def structs(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    fields = {field.name: values(field.type) for field in msgspec.structs.fields(kind)}
    return st.builds(kind, **fields)


def values(kind: Any) -> st.SearchStrategy[Any]:
    return leaves[kind] if kind in leaves else structs(kind)


def keys(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [key for name, inner in value.items() for key in (name, *keys(inner))]


@pytest.mark.parametrize("kind", EVENTS.values())
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_an_event_survives_the_wire(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(structs(kind))
    body = msgspec.json.encode(event)
    assert msgspec.json.decode(body, type=kind) == event
    shown = msgspec.json.decode(body)
    assert shown["subject"] == subject(kind)
    assert shown["id"] == event.id
    assert datetime.fromisoformat(shown["occurredAt"]) == event.occurred_at
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", key) for key in keys(shown))


def test_an_order_travels_as_the_contract_shows_it() -> None:
    order = OrderState(
        id="o",
        user_id="u",
        status=OrderStatus.AWAITING_PAYMENT,
        expires_at=NOON,
        version=3,
        ticket=OrderedTicket(id="t", price=20.5),
    )
    event = OrderCreated(id="e", occurred_at=NOON, order=order)
    assert msgspec.json.decode(msgspec.json.encode(event)) == {
        "subject": "order.created",
        "id": "e",
        "occurredAt": "2026-01-31T12:00:00Z",
        "order": {
            "id": "o",
            "userId": "u",
            "status": "awaiting:payment",
            "expiresAt": "2026-01-31T12:00:00Z",
            "version": 3,
            "ticket": {"id": "t", "price": 20.5},
        },
    }


def test_a_free_ticket_travels_without_an_order() -> None:
    ticket = TicketState(id="t", title="x", price=20, user_id="u", version=0)
    shown = msgspec.to_builtins(TicketUpdated(id="e", occurred_at=NOON, ticket=ticket))
    assert shown["ticket"] == {"id": "t", "title": "x", "price": 20, "userId": "u", "version": 0}
    held = msgspec.to_builtins(msgspec.structs.replace(ticket, order_id="o"))
    assert held["orderId"] == "o"


def test_a_ticket_travels_with_what_applies_to_it_alone() -> None:
    ticket = TicketState(id="t", title="x", price=20, user_id="u", version=3, withdrawn=True)
    assert msgspec.to_builtins(ticket)["withdrawn"] is True
    sold = msgspec.structs.replace(ticket, withdrawn=False, sold_at=NOON, sold_for=20.5)
    assert msgspec.json.decode(msgspec.json.encode(sold)) == {
        "id": "t",
        "title": "x",
        "price": 20,
        "userId": "u",
        "version": 3,
        "soldAt": "2026-01-31T12:00:00Z",
        "soldFor": 20.5,
    }


def test_what_an_older_version_of_tickets_tells_is_understood() -> None:
    older = b'{"id": "t", "title": "x", "price": 20, "userId": "u", "version": 0}'
    ticket = msgspec.json.decode(older, type=TicketState)
    assert (ticket.withdrawn, ticket.held_until, ticket.sold_at) == (False, None, None)


def test_a_payment_travels_with_the_spelling_of_the_contract() -> None:
    payment = PaymentState(id="p", order_id="o", stripe_id="pi", amount=20)
    shown = msgspec.to_builtins(payment)
    assert shown == {"id": "p", "orderId": "o", "stripeId": "pi", "amount": 20}
