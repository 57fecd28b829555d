"""The bus inside one process, for tests; nothing is kept, and a test may shuffle what waits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ticketing.common.messaging.bus import MAX_TRIES, Again, Handle, Message, Park, Verdict


@dataclass
class _Consumer:
    subjects: Sequence[str]
    waiting: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)


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
                consumer.waiting.put_nowait(message)

    async def consume(
        self, consumer: str, subjects: Sequence[str], handle: Handle, stop: asyncio.Event
    ) -> None:
        """Consume as `Bus.consume` says; a message to be delivered again waits out its delay."""
        waiting = self._join(consumer, subjects).waiting
        while not stop.is_set():
            try:
                message = await asyncio.wait_for(waiting.get(), timeout=0.02)
            except TimeoutError:
                continue
            match await self._attempt(consumer, message, handle):
                case Again(delay):
                    later = replace(message, tries=message.tries + 1)
                    asyncio.get_running_loop().call_later(delay, waiting.put_nowait, later)
                case Park(reason):
                    self.parked.append((consumer, message, reason))

    def replay(self, number: int) -> None:
        """Hand a parked message to the consumer that gave it up, and to no other, as if new."""
        consumer, message, _ = self.parked.pop(number)
        self._consumers[consumer].waiting.put_nowait(replace(message, tries=1))

    async def _attempt(self, consumer: str, message: Message, handle: Handle) -> Verdict:
        """The verdict; without one, because the worker dies, it is another's or is given up."""
        try:
            return await handle(message)
        except BaseException:
            if message.tries < MAX_TRIES:
                again = replace(message, tries=message.tries + 1)
                self._consumers[consumer].waiting.put_nowait(again)
            else:
                self.parked.append((consumer, message, "given up: workers died with it in hand"))
            raise

    def _join(self, name: str, subjects: Sequence[str]) -> _Consumer:
        if name not in self._consumers:
            self._consumers[name] = consumer = _Consumer(subjects)
            for message in self.published.values():
                if message.subject in subjects:
                    consumer.waiting.put_nowait(message)
        return self._consumers[name]
