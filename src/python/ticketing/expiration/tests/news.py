"""What the orders service tells of an order, and what is told of expirations."""

import asyncio
from datetime import UTC, datetime
from typing import TypeVar

from ticketing.common.core.events import OrderCancelled, OrderCompleted, OrderCreated
from ticketing.common.messaging.bus import Done, Message
from ticketing.common.messaging.jetstream import JetStreamBus
from ticketing.common.testing.events import order_state

ORDER = "5c0a7922c9d89830f4911421"
DUE = datetime(2126, 1, 31, 12, 0, 0, 250_000, UTC)

E = TypeVar("E", OrderCreated, OrderCancelled, OrderCompleted)


def of_order(event: type[E], due: datetime = DUE, order_id: str = ORDER) -> E:
    """An event of the order; expiration looks at nothing but its id and its time."""
    state = order_state(id=order_id, expires_at=due)
    return event(id=f"{order_id}-{event.__name__}", occurred_at=due, order=state)


def told(url: str, count: int, seconds: float = 60.0) -> list[Message]:
    """The expirations published so far, waiting for so many; there may be more."""
    return asyncio.run(_told(url, count, seconds))


async def _told(url: str, count: int, seconds: float) -> list[Message]:
    bus, stop = JetStreamBus(url, "ticketing", "test"), asyncio.Event()
    messages: list[Message] = []

    async def handle(message: Message) -> Done:
        messages.append(message)
        if len(messages) >= count:
            stop.set()
        return Done()

    await bus.connect()
    consuming = bus.consume(f"test-{count}", ["expiration.completed"], handle, stop)
    await asyncio.wait_for(consuming, seconds)
    await bus.close()
    return messages
