"""The broker as the fault suite uses it: old events again, and what consumers have before them."""

import uuid

from nats.js import JetStreamContext

from ticketing.common.messaging.streams import SUBJECTS
from ticketing.ops import broker
from ticketing.ops.platform import Platform

EVENTS = [subject for subject in SUBJECTS if not subject.startswith("again.")]
"""Not the copies for one consumer: those are told apart by headers that a replay does not have."""


def replay(platform: Platform, *, place: float, count: int) -> None:
    """Publish up to `count` events again that begin at `place` (0 to 1) of the stream, as new."""

    async def run(js: JetStreamContext) -> None:
        known = await broker.state(js, platform.streams.events)
        after = max(0, known.first_seq - 1 + int(place * (known.messages - count)))
        until = min(after + count, known.last_seq)
        async for old in broker.read(js, platform.streams.events, EVENTS, after=after, until=until):
            headers = {
                "Nats-Msg-Id": uuid.uuid4().hex,
                "Correlation-Id": old.message.correlation_id,
            }
            await js.publish(old.subject, old.message.body, timeout=5, headers=headers)

    broker.ask(platform, run)


def unfinished(platform: Platform) -> dict[str, int]:
    """How many messages each consumer has still to handle, where there are any."""

    async def run(js: JetStreamContext) -> dict[str, int]:
        known = await js.consumers_info(platform.streams.events)
        durable = [info for info in known if info.config.durable_name]
        left = {
            info.name: (info.num_pending or 0) + (info.num_ack_pending or 0) for info in durable
        }
        return {name: count for name, count in left.items() if count}

    return broker.ask(platform, run)
