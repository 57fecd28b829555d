"""A worker's subscription: takes messages of a consumer on NATS, has them handled, and answers."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from ticketing.common.core.logs import logger
from ticketing.common.messaging import wire
from ticketing.common.messaging.bus import (
    MAX_TRIES,
    UNANSWERED,
    Again,
    Done,
    Handle,
    Message,
    Park,
    Verdict,
)
from ticketing.common.messaging.streams import Streams

log = logger(__name__)

Pull = JetStreamContext.PullSubscription
PULL = 0.5
"""Seconds that one request for messages stands; how long a stop of an idle worker can take."""
REST = 0.05
"""Seconds to wait for the rest of a batch: it is there, unless another worker was faster."""
PAUSE = 0.5
"""Seconds between tries to reach the broker."""
LARGEST = 100
"""Messages in hand at once; bounds the worker's memory."""
SECONDS = 0.5
"""How long a batch may take: what another worker, idle meanwhile, could have had of it."""


@dataclass(kw_only=True)
class Subscription:
    """A share in the durable consumer `name`; many workers may have one.

    What is to be tried again becomes a copy for this consumer alone, so that a message is delivered
    twice only if its worker died, or stopped before it came to it.
    """

    js: JetStreamContext
    streams: Streams
    replicas: int
    ack_wait: float
    name: str
    subjects: Sequence[str]
    handle: Handle
    stop: asyncio.Event
    _size: int = field(default=1, init=False)

    async def run(self) -> None:
        """Handle one message at a time until `stop` is set; what else is in hand is given back.

        After an error of the broker it joins again: the server may have lost the consumer, or even
        the stream.
        """
        while not self.stop.is_set():
            try:
                await self.streams.ensure(self.js, self.replicas)
                join = self.streams.join(self.js, self.name, self.subjects, self.ack_wait)
                await self._consume(await join)
            except (nats.errors.Error, TimeoutError) as error:
                log.warning("cannot reach the broker, trying again", reason=repr(error))
                await asyncio.sleep(PAUSE)

    async def _consume(self, pull: Pull) -> None:
        try:
            while not self.stop.is_set():
                in_hand = deque(await self._take(pull))
                signs = asyncio.create_task(self._extend(in_hand))
                try:
                    await self._handle_all(in_hand)
                finally:
                    signs.cancel()
        finally:
            with suppress(nats.errors.Error):
                await pull.unsubscribe()

    async def _take(self, pull: Pull) -> Sequence[Msg]:
        """A message that came before, alone: it might be what killed its worker; else a batch.

        What comes again is delivered before what is new, so that none of it follows the first new
        message but by the rarest chance.
        """
        first = await _fetch(pull, 1, PULL)
        for raw in first:
            waiting = min(raw.metadata.num_pending or 0, self._size - 1)
            if _deliveries(raw) == 1 and waiting > 0:
                return [*first, *await _fetch(pull, waiting, REST)]
        return first

    async def _extend(self, in_hand: Iterable[Msg]) -> None:
        """Tell the broker again and again that these are in hand, until cancelled."""
        while True:
            await asyncio.sleep(self.ack_wait / 3)
            for raw in list(in_hand):
                with suppress(nats.errors.Error):
                    await raw.in_progress()

    async def _handle_all(self, in_hand: deque[Msg]) -> None:
        count, start = len(in_hand), time.monotonic()
        for raw in filter(_is_early, list(in_hand)):
            in_hand.remove(raw)
            await raw.nak(delay=_seconds_left(raw))
        while in_hand and not self.stop.is_set():
            await self._handle(in_hand[0])
            in_hand.popleft()
        for raw in in_hand:
            await raw.nak()
        if count:
            self._size = next_size(self._size, count, time.monotonic() - start)

    async def _handle(self, raw: Msg) -> None:
        unanswered = _deliveries(raw) - 1 - _is_copy(raw)
        given_up, number = unanswered >= MAX_TRIES, str(raw.metadata.sequence.stream)
        tries = unanswered if given_up else 1
        message = wire.received(raw.subject, raw.data, raw.headers, tries=tries, id=number)
        if given_up:
            about = {"subject": message.subject, "event_id": message.id, "tries": message.tries}
            log.error("event parked", reason=UNANSWERED, **about)
        verdict = Park(UNANSWERED) if given_up else await self.handle(message)
        await self._answer(raw, message, verdict)

    async def _answer(self, raw: Msg, message: Message, verdict: Verdict) -> None:
        id = f"{self.name}.{raw.metadata.sequence.stream}"
        match verdict:
            case Done():
                await raw.ack()
            case Again(delay):
                due = datetime.now(UTC) + timedelta(seconds=delay)
                await self._publish(wire.copy(id, self.name, message, tries=message.tries, due=due))
                await raw.ack()
            case Park(reason):
                letter = wire.dead_letter(id, self.streams.events, self.name, message, reason)
                await self._publish(letter)
                await raw.term()

    async def _publish(self, draft: wire.Draft) -> None:
        """Publish it, however long the broker cannot take it: what waits does not count as failed.

        Raises once `stop` is set, and for what is too large for any broker.
        """
        while True:
            try:
                return await wire.publish(self.js, draft)
            except nats.errors.MaxPayloadError:
                raise
            except (nats.errors.Error, TimeoutError) as error:
                if self.stop.is_set():
                    raise
                log.warning("cannot publish, trying again", reason=repr(error))
                await asyncio.sleep(PAUSE)


def next_size(size: int, count: int, seconds: float) -> int:
    """How many messages to take at once after `count` of at most `size` took so many seconds.

    As many as are handled in half a second; at most twice as many as before.
    """
    grown = size * 2 if count >= size else size
    bearable = int(SECONDS * count / seconds) if seconds > 0 else LARGEST
    return max(1, min(grown, bearable, LARGEST))


async def _fetch(pull: Pull, count: int, timeout: float) -> Sequence[Msg]:
    try:
        return await pull.fetch(count, timeout=timeout)
    except TimeoutError:
        return []


def _deliveries(raw: Msg) -> int:
    """How often the broker has delivered it to this consumer, this time included."""
    return raw.metadata.num_delivered or 1


def _is_copy(raw: Msg) -> bool:
    """Whether its first delivery is only to be put off until it is due, late as that may be."""
    return wire.due(raw.headers) is not None


def _is_early(raw: Msg) -> bool:
    return _is_copy(raw) and _deliveries(raw) == 1


def _seconds_left(raw: Msg) -> float:
    due = wire.due(raw.headers)
    return max(0.0, (due - datetime.now(UTC)).total_seconds()) if due else 0.0
