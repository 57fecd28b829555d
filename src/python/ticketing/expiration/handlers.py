"""Events that concern the timers of holds."""

from ticketing.common.core.events import OrderCancelled, OrderCompleted, OrderCreated
from ticketing.common.messaging.bus import EventRouter
from ticketing.expiration.timers import Timers

events = EventRouter[Timers]()


@events.on(OrderCreated)
def start_timer(event: OrderCreated, timers: Timers) -> None:
    """A creation that comes after its order's end starts a timer too; orders ignores its event."""
    timers.start(event.order.id, event.order.expires_at)


@events.on(OrderCancelled)
def stop_timer_of_cancelled(event: OrderCancelled, timers: Timers) -> None:
    timers.stop(event.order.id)


@events.on(OrderCompleted)
def stop_timer_of_completed(event: OrderCompleted, timers: Timers) -> None:
    timers.stop(event.order.id)
