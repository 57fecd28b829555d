"""The HTTP interface of orders."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.core.errors import NotAuthorized, NotFound
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import MALFORMED_IDS, entries_of, errors_of
from ticketing.common.testing.services import (
    ENV,
    UNKNOWN_ID,
    TurnedClock,
    client_of,
    deliver,
    memory_database,
    take_events,
)
from ticketing.orders.main import build
from ticketing.orders.model import OrderComplete, OwnTicket, TicketReserved
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import TICKET, paid, place, show, ticket_created, ticket_updated

NOT_AUTHORIZED = entries_of(NotAuthorized())
NOT_FOUND = entries_of(NotFound())
RESERVED = entries_of(TicketReserved())


def test_ordering_replies_with_the_order(buyer: FlaskClient) -> None:
    reply = buyer.post("/api/orders", json={"ticketId": TICKET})
    assert reply.status_code == 201
    order: Any = reply.json
    assert re.fullmatch("[0-9a-f]{24}", order.pop("id"))
    assert order == {
        "userId": "buyer",
        "status": "created",
        "createdAt": "2026-01-31T12:00:00.000Z",
        "expiresAt": "2026-01-31T12:01:00.000Z",
        "version": 0,
        "ticket": {"id": TICKET, "title": "Concert", "price": 20.5, "version": 0},
    }


def test_an_order_keeps_the_ticket_as_it_was_when_it_was_ordered(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    deliver(service, ticket_updated(4, title="Opera", price=30.0))
    order_id = place(buyer)
    deliver(service, ticket_updated(5, price=99.0, order_id=order_id))
    ticket = {"id": TICKET, "title": "Opera", "price": 30, "version": 4}
    assert show(buyer, order_id)["ticket"] == ticket


def test_a_new_order_is_told_of_with_its_public_state(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    [event] = take_events(service)
    assert event == {
        "subject": "order.created",
        "id": f"{order_id}-0",
        "occurredAt": "2026-01-31T12:00:00Z",
        "order": {
            "id": order_id,
            "userId": "buyer",
            "status": "created",
            "expiresAt": "2026-01-31T12:01:00Z",
            "version": 0,
            "ticket": {"id": TICKET, "price": 20.5},
        },
    }


@pytest.mark.parametrize(
    ("seconds", "expires_at"),
    [
        ("", "2026-01-31T12:01:00.000Z"),
        ("900", "2026-01-31T12:15:00.000Z"),
        ("0.25", "2026-01-31T12:00:00.250Z"),
    ],
)
def test_a_hold_lasts_as_long_as_the_environment_says(seconds: str, expires_at: str) -> None:
    env = {**ENV, "ORDER_EXPIRATION_SECONDS": seconds}
    service = build(env, memory_database(), TurnedClock())
    buyer = client_of(service, "buyer")
    deliver(service, ticket_created())
    assert show(buyer, place(buyer))["expiresAt"] == expires_at


def test_a_ticket_has_one_active_order(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders]
) -> None:
    place(buyer)
    for client in (rival, buyer):
        assert errors_of(client.post("/api/orders", json={"ticketId": TICKET}), 400) == RESERVED
    assert service.stores[0].documents.count_documents({}) == 1


def test_a_cancelled_order_frees_its_ticket(buyer: FlaskClient, rival: FlaskClient) -> None:
    buyer.delete(f"/api/orders/{place(buyer)}")
    assert show(rival, place(rival))["status"] == "created"


def test_a_bought_ticket_stays_reserved(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    deliver(service, paid(place(buyer)))
    clock.advance(3600)
    assert errors_of(rival.post("/api/orders", json={"ticketId": TICKET}), 400) == RESERVED


def test_an_overdue_hold_ends_when_someone_else_orders(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    order_id = place(buyer)
    take_events(service)
    clock.advance(59.999)
    assert errors_of(rival.post("/api/orders", json={"ticketId": TICKET}), 400) == RESERVED
    clock.advance(0.001)
    place(rival)
    assert show(buyer, order_id)["status"] == "cancelled"
    subjects = [event["subject"] for event in take_events(service)]
    assert sorted(subjects) == ["order.cancelled", "order.created"]


def test_a_seller_cannot_order_the_own_ticket(service: Service[Orders]) -> None:
    reply = client_of(service, "seller").post("/api/orders", json={"ticketId": TICKET})
    assert errors_of(reply, 400) == entries_of(OwnTicket())
    assert service.stores[0].documents.count_documents({}) == 0


def test_an_unknown_ticket_cannot_be_ordered(buyer: FlaskClient) -> None:
    assert errors_of(buyer.post("/api/orders", json={"ticketId": UNKNOWN_ID}), 404) == NOT_FOUND


@pytest.mark.parametrize("id", [UNKNOWN_ID, *MALFORMED_IDS])
def test_an_unknown_or_malformed_order_id_is_not_found(buyer: FlaskClient, id: str) -> None:
    assert errors_of(buyer.get(f"/api/orders/{id}"), 404) == NOT_FOUND
    assert errors_of(buyer.delete(f"/api/orders/{id}"), 404) == NOT_FOUND


def test_orders_need_a_session_before_anything_is_looked_at(service: Service[Orders]) -> None:
    anyone = client_of(service)
    order = f"/api/orders/{UNKNOWN_ID}"
    for reply in (
        anyone.get("/api/orders?limit=0"),
        anyone.post("/api/orders", data=b"{"),
        anyone.get(order),
        anyone.delete(order),
    ):
        assert errors_of(reply, 401) == NOT_AUTHORIZED


def test_an_order_is_for_its_buyer_only(buyer: FlaskClient, rival: FlaskClient) -> None:
    order_id = place(buyer)
    assert errors_of(rival.get(f"/api/orders/{order_id}"), 401) == NOT_AUTHORIZED
    assert errors_of(rival.delete(f"/api/orders/{order_id}"), 401) == NOT_AUTHORIZED
    assert show(buyer, order_id)["status"] == "created"


def test_cancelling_replies_with_nothing_and_is_told(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    take_events(service)
    reply = buyer.delete(f"/api/orders/{order_id}")
    assert reply.status_code == 204
    assert reply.data == b""
    shown = show(buyer, order_id)
    assert (shown["status"], shown["version"]) == ("cancelled", 1)
    [event] = take_events(service)
    assert event["subject"] == "order.cancelled"
    assert event["order"]["status"] == "cancelled"
    assert event["order"]["version"] == 1


def test_cancelling_twice_is_the_same_as_once(buyer: FlaskClient, service: Service[Orders]) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    take_events(service)
    assert buyer.delete(f"/api/orders/{order_id}").status_code == 204
    assert show(buyer, order_id)["version"] == 1
    assert take_events(service) == []


def test_a_complete_order_cannot_be_deleted(buyer: FlaskClient, service: Service[Orders]) -> None:
    order_id = place(buyer)
    deliver(service, paid(order_id))
    [error] = errors_of(buyer.delete(f"/api/orders/{order_id}"), 400)
    assert error == entries_of(OrderComplete())[0]
    assert show(buyer, order_id)["status"] == "complete"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"/api/orders/{UNKNOWN_ID}"),
        ("POST", f"/api/orders/{UNKNOWN_ID}"),
        ("DELETE", "/api/orders"),
        ("GET", f"/api/orders/{UNKNOWN_ID}/ticket"),
    ],
)
def test_anything_else_is_not_found(buyer: FlaskClient, method: str, path: str) -> None:
    assert errors_of(buyer.open(path, method=method), 404) == NOT_FOUND
