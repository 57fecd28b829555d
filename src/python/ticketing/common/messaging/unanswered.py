"""Messages that kill their worker: nobody answers the broker, which gives them up in the end.

It says so once, in a stream that outlives workers; the next worker of that consumer parks them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from ticketing.common.core.logs import logger
from ticketing.common.messaging import wire
from ticketing.common.messaging.pulling import pull
from ticketing.common.messaging.streams import Streams, publish

log = logger(__name__)

REASON = "given up by the broker after {} deliveries: workers died or froze with it in hand"


class Exceeded(msgspec.Struct, frozen=True):
    """The broker's advisory: a message was delivered as often as it may be."""

    stream_seq: int
    deliveries: int


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """Parks what the broker gave up for the consumer `name`."""

    js: JetStreamContext
    streams: Streams
    name: str
    stop: asyncio.Event

    async def run(self) -> None:
        """Park each until `stop` is set."""
        await pull(self._join, lambda: 1, self._take, self.stop)

    async def _join(self) -> JetStreamContext.PullSubscription:
        config = ConsumerConfig(
            durable_name=self.name,
            ack_policy=AckPolicy.EXPLICIT,
            filter_subject=self.streams.unanswered_by(self.name),
        )
        await self.js.add_consumer(self.streams.unanswered, config)
        return await self.js.pull_subscribe_bind(durable=self.name, stream=self.streams.unanswered)

    async def _take(self, advisories: Sequence[Msg]) -> None:
        for raw in advisories:
            await self._park(msgspec.json.decode(raw.data, type=Exceeded))
            await raw.ack()

    async def _park(self, exceeded: Exceeded) -> None:
        number, times = exceeded.stream_seq, exceeded.deliveries
        try:
            raw = await self.js.get_msg(self.streams.events, number)
        except NotFoundError:
            log.warning("a message that nobody answered is gone", number=number)
            return
        message = wire.received(
            raw.subject or "", raw.data, raw.headers, deliveries=times, id=str(number)
        )
        id, reason = f"{self.name}.{number}", REASON.format(times)
        letter = wire.dead_letter(id, self.streams.events, self.name, message, reason)
        await publish(self.js, letter)
        about = {"subject": message.subject, "event_id": message.id, "tries": message.tries}
        log.error("event parked", reason=reason, **about)
