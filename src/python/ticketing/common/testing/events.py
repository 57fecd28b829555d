"""States that events carry, with what a test does not care about filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ticketing.common.core.events import OrderedTicket, OrderState, OrderStatus, TicketState

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def ticket_state(**fields: Any) -> TicketState:
    """A concert that nobody has ordered yet, but for these fields."""
    own = {"id": "t", "title": "Concert", "price": 20.5, "user_id": "seller", "version": 0}
    return TicketState(**{**own, **fields})


def order_state(*, ticket_id: str = "t", price: float = 20.5, **fields: Any) -> OrderState:
    """An order that holds this ticket for a minute, but for these fields."""
    own = {
        "id": "o",
        "user_id": "buyer",
        "status": OrderStatus.CREATED,
        "expires_at": NOON + timedelta(seconds=60),
        "version": 0,
        "ticket": OrderedTicket(id=ticket_id, price=price),
    }
    return OrderState(**{**own, **fields})
