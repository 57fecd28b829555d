"""What tickets, payments and expiration tell orders, and the steps that the tests share."""

from typing import Any

from flask.testing import FlaskClient

from ticketing.common.core.events import (
    ExpirationCompleted,
    PaymentCreated,
    PaymentRefunded,
    PaymentStarted,
    PaymentState,
    TicketCreated,
    TicketUpdated,
)
from ticketing.common.testing.events import NOON, ticket_state

TICKET = "5c0a7922c9d89830f4911420"


def ticket_created(id: str = TICKET) -> TicketCreated:
    return TicketCreated(id=f"{id}-0", occurred_at=NOON, ticket=ticket_state(id=id))


def ticket_updated(version: int, id: str = TICKET, **changes: Any) -> TicketUpdated:
    state = ticket_state(id=id, version=version, **changes)
    return TicketUpdated(id=f"{id}-{version}", occurred_at=NOON, ticket=state)


def expired(order_id: str) -> ExpirationCompleted:
    return ExpirationCompleted(id=f"{order_id}-expired", occurred_at=NOON, order_id=order_id)


def started(order_id: str, attempt: int = 1) -> PaymentStarted:
    state = _payment(order_id)
    return PaymentStarted(id=f"{state.id}-{attempt}", occurred_at=NOON, payment=state)


def paid(order_id: str) -> PaymentCreated:
    state = _payment(order_id)
    return PaymentCreated(id=f"{state.id}-2", occurred_at=NOON, payment=state)


def refunded(order_id: str) -> PaymentRefunded:
    state = _payment(order_id)
    return PaymentRefunded(id=f"{state.id}-3", occurred_at=NOON, payment=state)


def _payment(order_id: str) -> PaymentState:
    return PaymentState(id=f"pay-{order_id}", order_id=order_id, stripe_id="pi_1", amount=20.5)


def place(client: FlaskClient, ticket_id: str = TICKET) -> str:
    """The id of a new order."""
    reply = client.post("/api/orders", json={"ticketId": ticket_id})
    assert reply.status_code == 201, reply.text
    return str(reply.get_json()["id"])


def show(client: FlaskClient, order_id: str) -> dict[str, Any]:
    """The order as its buyer sees it."""
    reply = client.get(f"/api/orders/{order_id}")
    assert reply.status_code == 200
    shown: dict[str, Any] = reply.get_json()
    return shown
