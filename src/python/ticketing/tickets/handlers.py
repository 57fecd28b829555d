"""Events that concern tickets."""

from ticketing.common.core.events import OrderCancelled, OrderCompleted, OrderCreated
from ticketing.common.messaging.bus import EventRouter
from ticketing.tickets.service import Tickets

events = EventRouter[Tickets]()
projections = EventRouter[Tickets]()


@events.on(OrderCreated)
def reserve_ticket(event: OrderCreated, tickets: Tickets) -> None:
    tickets.follow(event.order, event.occurred_at)


@events.on(OrderCancelled)
def release_ticket(event: OrderCancelled, tickets: Tickets) -> None:
    tickets.follow(event.order, event.occurred_at)


@events.on(OrderCompleted)
def sell_ticket(event: OrderCompleted, tickets: Tickets) -> None:
    """Usually reserved already; not so for an order that was paid after its hold had ended."""
    tickets.follow(event.order, event.occurred_at)


def note_order(event: OrderCreated | OrderCancelled | OrderCompleted, tickets: Tickets) -> None:
    tickets.note(event.order, event.occurred_at)


projections.on(OrderCreated)(note_order)
projections.on(OrderCancelled)(note_order)
projections.on(OrderCompleted)(note_order)
