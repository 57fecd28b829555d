"""The broker as the fault suite uses it: old events again, and what consumers have before them."""

import asyncio
import uuid
from collections.abc import Callable
from collections.abc import Coroutine
from typing import Any
from typing import TypeVar

import nats
from nats.js import JetStreamContext
from nats.js.api import AckPolicy
from nats.js.api import ConsumerConfig
from nats.js.api import DeliverPolicy

from ticketing.ops.platform import Platform

T = TypeVar("T")


def replay(platform: Platform, *, place: float, count: int) -> None:
    """Publish up to `count` events again that begin at `place` (0 to 1) of the stream, as new."""

    async def run(stream: JetStreamContext) -> None:
        state = (await stream.stream_info(platform.stream)).state
        start = max(1, state.first_seq + int(place * (state.messages - count)))
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=start,
            inactive_threshold=30,
        )
        pull = await stream.pull_subscribe("", stream=platform.stream, config=config)
        left = min(count, state.last_seq - start + 1)
        while left > 0:
            messages = await pull.fetch(min(200, left), timeout=5)
            left -= len(messages)
            for message in messages:
                headers = {**(message.headers or {}), "Nats-Msg-Id": uuid.uuid4().hex}
                await stream.publish(message.subject, message.data, headers=headers, timeout=5)
        await pull.unsubscribe()

    _with_stream(platform, run)


def unfinished(platform: Platform) -> dict[str, int]:
    """How many messages each consumer has still to handle, where there are any."""

    async def run(stream: JetStreamContext) -> dict[str, int]:
        infos = await stream.consumers_info(platform.stream)
        durable = (info for info in infos if info.config.durable_name)
        left = {
            info.name: (info.num_pending or 0) + (info.num_ack_pending or 0) for info in durable
        }
        return {name: count for name, count in left.items() if count}

    return _with_stream(platform, run)


def _with_stream(
    platform: Platform, ask: Callable[[JetStreamContext], Coroutine[Any, Any, T]]
) -> T:
    """Raises OSError or nats.errors.Error where the broker does not answer."""

    async def run() -> T:
        client = await nats.connect(
            platform.nats_url, connect_timeout=2, allow_reconnect=False, error_cb=_quiet
        )
        try:
            return await ask(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(run())


async def _quiet(_: Exception) -> None:
    """What goes wrong is raised; the client need not print it."""
