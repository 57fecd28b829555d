"""Events that concern payments."""

from ticketing.common.core.events import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    PaymentRejected,
)
from ticketing.common.messaging.bus import EventRouter
from ticketing.payments.service import Payments

events = EventRouter[Payments]()
projections = EventRouter[Payments]()


@events.on(OrderCreated)
def add_order(event: OrderCreated, payments: Payments) -> None:
    payments.follow_order(event.order)


@events.on(OrderCancelled)
def close_order(event: OrderCancelled, payments: Payments) -> None:
    payments.follow_order(event.order)


@events.on(OrderCompleted)
def complete_order(event: OrderCompleted, payments: Payments) -> None:
    payments.follow_order(event.order)


@events.on(PaymentRejected)
def refund_payment(event: PaymentRejected, payments: Payments) -> None:
    payments.refund(event.payment_id)


def note_order(event: OrderCreated | OrderCancelled | OrderCompleted, payments: Payments) -> None:
    payments.note_order(event.order)


projections.on(OrderCreated)(note_order)
projections.on(OrderCancelled)(note_order)
projections.on(OrderCompleted)(note_order)
