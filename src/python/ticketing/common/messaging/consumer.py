"""A consumer of the bus on NATS: takes messages in hand, has them handled, answers the broker."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo
from nats.js.errors import NotFoundError

from ticketing.common.messaging import wire
from ticketing.common.messaging.batches import Batch
from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, Handle, Message, Park
from ticketing.common.messaging.in_flight import InFlight, came_before, deliveries
from ticketing.common.messaging.pulling import pull
from ticketing.common.messaging.streams import Streams, publish

REQUEUED_FROM = 5
"""The delivery from which a message that must wait goes on as a copy, with deliveries anew: so
only as many without an answer as are left then make the broker give it up, however long it waits.
"""


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """The durable consumer `name`; many workers may be the same one and share its messages."""

    js: JetStreamContext
    streams: Streams
    replicas: int
    ack_wait: float
    name: str
    subjects: Sequence[str]
    handle: Handle
    stop: asyncio.Event
    batch: Batch = field(default_factory=Batch)

    async def run(self) -> None:
        """Handle one message at a time until `stop` is set; the rest in hand is then given back."""
        await pull(self._join, lambda: self.batch.size, self._take, self.stop)

    async def _join(self) -> JetStreamContext.PullSubscription:
        await self.streams.ensure(self.js, self.replicas)
        known = await self._known()
        config = ConsumerConfig(
            durable_name=self.name,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self.ack_wait,
            max_deliver=_limit(known),
            max_ack_pending=-1,  # however many wait for a later try, new ones still come
            filter_subjects=sorted(
                {*self.subjects, wire.copies_for(self.name), *_subjects_of(known)}
            ),
        )
        await self.js.add_consumer(self.streams.events, config)
        return await self.js.pull_subscribe_bind(durable=self.name, stream=self.streams.events)

    async def _known(self) -> ConsumerInfo | None:
        try:
            known: ConsumerInfo = await self.js.consumer_info(self.streams.events, self.name)
        except NotFoundError:
            return None
        return known

    async def _take(self, messages: Sequence[Msg]) -> None:
        ripe = [raw for raw in messages if not await self._put_off(raw)]
        in_flight, start = InFlight(ripe), time.monotonic()
        signs = asyncio.create_task(in_flight.extend(self.ack_wait / 3))
        try:
            while not self.stop.is_set() and (raw := await in_flight.next()):
                await self._handle(raw, _message(raw))
        finally:
            signs.cancel()
            await in_flight.give_back()
        self.batch.handled(len(messages), time.monotonic() - start)
        if any(map(came_before, ripe)):
            self.batch.alone()

    async def _put_off(self, raw: Msg) -> bool:
        """Whether a copy comes again in time; its first delivery is no try, late as it may be."""
        due = wire.due(raw.headers)
        delay = (due - datetime.now(UTC)).total_seconds() if due else 0.0
        if due is None or deliveries(raw) >= REQUEUED_FROM or (delay <= 0 and deliveries(raw) > 1):
            return False
        await raw.nak(delay=max(0.0, delay))
        return True

    async def _handle(self, raw: Msg, message: Message) -> None:
        match await self.handle(message):
            case Done():
                await raw.ack()
            case Again(delay) if deliveries(raw) < REQUEUED_FROM:
                await raw.nak(delay=delay)
            case Again(delay):
                await self._requeue(raw, message, delay)
            case Park(reason):
                await self._park(raw, message, reason)

    async def _requeue(self, raw: Msg, message: Message, delay: float) -> None:
        due = datetime.now(UTC) + timedelta(seconds=delay)
        tries = message.tries - 1  # the delivery that sets the time counts as one
        id = f"{self.name}.{raw.metadata.sequence.stream}"
        await publish(self.js, wire.copy(id, self.name, message, tries=tries, due=due))
        await raw.ack()

    async def _park(self, raw: Msg, message: Message, reason: str) -> None:
        id = f"{self.name}.{raw.metadata.sequence.stream}"
        letter = wire.dead_letter(id, self.streams.events, self.name, message, reason)
        await publish(self.js, letter)
        await raw.term()


def _limit(known: ConsumerInfo | None) -> int:
    """How often the broker delivers a message that nobody answers.

    Without end where an older version had none and messages are out: the broker would drop those
    that had more, without a word.
    """
    unlimited = known is not None and (known.config.max_deliver or -1) < 0
    return -1 if unlimited and known is not None and known.num_ack_pending else MAX_TRIES


def _subjects_of(known: ConsumerInfo | None) -> Sequence[str]:
    """What it consumes so far. It never loses a subject by itself: during a rollout an older
    version that starts would take away what a newer one has added, and its messages with it.
    """
    if known is None:
        return []
    one = known.config.filter_subject
    return known.config.filter_subjects or ([one] if one else [])


def _message(raw: Msg) -> Message:
    return wire.received(
        raw.subject,
        raw.data,
        raw.headers,
        deliveries=deliveries(raw),
        id=str(raw.metadata.sequence.stream),
    )
