"""What the orders service tells of orders on a ticket."""

from ticketing.common.core.event import Event
from ticketing.common.core.events import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderState,
    OrderStatus,
)
from ticketing.common.testing.events import NOON, order_state


def created(order_id: str, ticket_id: str, version: int = 0) -> OrderCreated:
    state = _state(order_id, ticket_id, version, OrderStatus.CREATED)
    return OrderCreated(id=f"{order_id}-{version}", occurred_at=NOON, order=state)


def cancelled(order_id: str, ticket_id: str, version: int = 1) -> OrderCancelled:
    state = _state(order_id, ticket_id, version, OrderStatus.CANCELLED)
    return OrderCancelled(id=f"{order_id}-{version}", occurred_at=NOON, order=state)


def completed(order_id: str, ticket_id: str, version: int = 1) -> OrderCompleted:
    state = _state(order_id, ticket_id, version, OrderStatus.COMPLETE)
    return OrderCompleted(id=f"{order_id}-{version}", occurred_at=NOON, order=state)


def history(order_id: str, ticket_id: str, end: str) -> list[Event]:
    """All that is told of an order that ended as `cancelled`, `completed` or `late`, or is `on`."""
    start = created(order_id, ticket_id)
    match end:
        case "cancelled":
            return [start, cancelled(order_id, ticket_id)]
        case "completed":
            return [start, completed(order_id, ticket_id)]
        case "late":
            return [start, cancelled(order_id, ticket_id), completed(order_id, ticket_id, 2)]
    return [start]


def _state(order_id: str, ticket_id: str, version: int, status: OrderStatus) -> OrderState:
    return order_state(id=order_id, ticket_id=ticket_id, version=version, status=status)
