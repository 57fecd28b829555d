"""Events that concern orders."""

from ticketing.common.core.events import (
    ExpirationCompleted,
    PaymentCreated,
    PaymentRefunded,
    PaymentStarted,
    TicketCreated,
    TicketUpdated,
)
from ticketing.common.messaging.bus import EventRouter
from ticketing.orders.service import Orders

events = EventRouter[Orders]()


@events.on(TicketCreated, replica=True)
def add_ticket(event: TicketCreated, orders: Orders) -> None:
    orders.follow_ticket(event.ticket)


@events.on(TicketUpdated, replica=True)
def update_ticket(event: TicketUpdated, orders: Orders) -> None:
    orders.follow_ticket(event.ticket)


@events.on(ExpirationCompleted)
def expire_order(event: ExpirationCompleted, orders: Orders) -> None:
    orders.expire(event.order_id)


@events.on(PaymentStarted)
def await_payment(event: PaymentStarted, orders: Orders) -> None:
    orders.await_payment(event.payment)


@events.on(PaymentCreated)
def settle_payment(event: PaymentCreated, orders: Orders) -> None:
    orders.settle_payment(event.payment)


@events.on(PaymentRefunded)
def note_refund(event: PaymentRefunded, orders: Orders) -> None:
    orders.note_refund(event.payment)
