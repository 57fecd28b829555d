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


def note_order(event: OrderCreated | OrderCancelled | OrderCompleted, payments: Payments) -> None:
    payments.note_order(event.order)


events.on(OrderCreated, replica=True)(note_order)
events.on(OrderCancelled, replica=True)(note_order)
events.on(OrderCompleted, replica=True)(note_order)


@events.on(OrderCancelled)
def close_payment(event: OrderCancelled, payments: Payments) -> None:
    payments.close(event.order.id)


@events.on(PaymentRejected)
def refund_payment(event: PaymentRejected, payments: Payments) -> None:
    payments.refund(event.payment_id)
