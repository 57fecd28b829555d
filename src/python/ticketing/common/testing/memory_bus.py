"""The bus inside one process, for tests; nothing is kept, and a test may shuffle what waits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ticketing.common.messaging.bus import (
    MAX_TRIES,
    UNANSWERED,
    Again,
    Handle,
    Message,
    Park,
)


@dataclass(frozen=True, kw_only=True)
class _Delivery:
    message: Message
    unanswered: int = 0
    """Deliveries before this one whose worker died."""


@dataclass
class _Consumer:
    subjects: Sequence[str]
    waiting: asyncio.Queue[_Delivery] = field(default_factory=asyncio.Queue)

    def deliver(self, message: Message) -> None:
        self.waiting.put_nowait(_Delivery(message=message))


class MemoryBus:
    """A `Bus` whose consumers also get what was published before they came."""

    def __init__(self) -> None:
        self.published: dict[str, Message] = {}
        self.parked: list[tuple[str, Message, str]] = []
        self._consumers: dict[str, _Consumer] = {}

    async def publish(self, message: Message) -> None:
        """Hand the message to every consumer of its subject, unless its id was published before."""
        if message.id in self.published:
            return
        self.published[message.id] = message
        for consumer in self._consumers.values():
            if message.subject in consumer.subjects:
                consumer.deliver(message)

    async def consume(
        self, consumer: str, subjects: Sequence[str], handle: Handle, stop: asyncio.Event
    ) -> None:
        """Consume as `Bus.consume` says; a message to be delivered again waits out its delay."""
        waiting = self._join(consumer, subjects).waiting
        while not stop.is_set():
            try:
                delivery = await asyncio.wait_for(waiting.get(), timeout=0.02)
            except TimeoutError:
                continue
            await self._handle(consumer, delivery, handle)

    def replay(self, number: int) -> None:
        """Hand a parked message to the consumer that gave it up, and to no other, as if new."""
        consumer, message, _ = self.parked.pop(number)
        self._consumers[consumer].deliver(replace(message, tries=1))

    async def _handle(self, name: str, delivery: _Delivery, handle: Handle) -> None:
        consumer, message = self._consumers[name], delivery.message
        if delivery.unanswered >= MAX_TRIES:
            tries = message.tries - 1 + delivery.unanswered
            self.parked.append((name, replace(message, tries=tries), UNANSWERED))
            return
        try:
            verdict = await handle(message)
        except BaseException:  # the worker dies
            died = replace(delivery, unanswered=delivery.unanswered + 1)
            consumer.waiting.put_nowait(died)
            raise
        match verdict:
            case Again(delay):
                later = replace(message, tries=message.tries + 1)
                asyncio.get_running_loop().call_later(delay, consumer.deliver, later)
            case Park(reason):
                self.parked.append((name, message, reason))

    def _join(self, name: str, subjects: Sequence[str]) -> _Consumer:
        if name not in self._consumers:
            self._consumers[name] = consumer = _Consumer(subjects)
            for message in self.published.values():
                if message.subject in subjects:
                    consumer.deliver(message)
        return self._consumers[name]
