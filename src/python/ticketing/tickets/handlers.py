"""Events that concern tickets."""

from ticketing.common.core.events import OrderCancelled, OrderCompleted, OrderCreated
from ticketing.common.messaging.bus import EventRouter
from ticketing.tickets.service import Tickets

events = EventRouter[Tickets]()


def note_order(event: OrderCreated | OrderCancelled | OrderCompleted, tickets: Tickets) -> None:
    tickets.note_order(event.order, event.occurred_at)


events.on(OrderCreated, replica=True)(note_order)
events.on(OrderCancelled, replica=True)(note_order)
events.on(OrderCompleted, replica=True)(note_order)


@events.on(OrderCreated)
def reserve_ticket(event: OrderCreated, tickets: Tickets) -> None:
    tickets.settle(event.order)


@events.on(OrderCancelled)
def release_ticket(event: OrderCancelled, tickets: Tickets) -> None:
    tickets.settle(event.order)


@events.on(OrderCompleted)
def sell_ticket(event: OrderCompleted, tickets: Tickets) -> None:
    """Usually reserved already; not so for an order that was paid after its hold had ended."""
    tickets.settle(event.order)
