"""What is in flight: messages that the broker has delivered to a consumer and waits to hear of."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

import nats
from nats.aio.msg import Msg

from ticketing.common.messaging.bus import MAX_TRIES


class InFlight:
    """Messages in the order in which they are handled: what is new first, what came before last.

    A message that kills its worker so takes others with it at its first delivery only.
    """

    def __init__(self, messages: Sequence[Msg]) -> None:
        self._waiting = deque(sorted(messages, key=came_before))
        self._current: Msg | None = None

    async def next(self) -> Msg | None:
        """The message to handle now, None after the last; one that came before is held alone."""
        self._current = self._waiting.popleft() if self._waiting else None
        if self._current is not None and came_before(self._current):
            await self.give_back()
        return self._current

    async def give_back(self) -> None:
        """Let the broker deliver at once what waits, but for what it would soon give up by that."""
        given, self._waiting = self._waiting, deque(filter(_nearly_given_up, self._waiting))
        for raw in given:
            if not _nearly_given_up(raw):
                with suppress(nats.errors.Error):
                    await raw.nak()

    async def extend(self, every: float) -> None:
        """Tell the broker every so many seconds that these are in hand, until cancelled."""
        while True:
            await asyncio.sleep(every)
            for raw in [*([self._current] if self._current else []), *self._waiting]:
                with suppress(nats.errors.Error):
                    await raw.in_progress()


def came_before(raw: Msg) -> bool:
    """Whether the consumer had this message in hand at an earlier time, as far as one can tell."""
    return deliveries(raw) > 1 or raw.subject.startswith("again.")


def deliveries(raw: Msg) -> int:
    """How often the broker has delivered it to this consumer, this time included."""
    return raw.metadata.num_delivered or 1


def _nearly_given_up(raw: Msg) -> bool:
    return deliveries(raw) >= MAX_TRIES - 1
