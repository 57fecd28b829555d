"""What the orders service tells of orders on a ticket."""

from datetime import UTC, datetime, timedelta

from ticketing.common.core.events import (
    Event,
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderedTicket,
    OrderState,
    OrderStatus,
)

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


EXPIRES = NOON + timedelta(seconds=60)


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
    return OrderState(
        id=order_id,
        user_id="buyer",
        status=status,
        expires_at=EXPIRES,
        version=version,
        ticket=OrderedTicket(id=ticket_id, price=20.5),
    )
