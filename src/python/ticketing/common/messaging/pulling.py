"""Taking messages from a durable consumer on NATS, whatever becomes of the server meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from ticketing.common.core.logs import logger

log = logger(__name__)

PULL = 0.5
"""Seconds that one request for messages stands; how long a stop of an idle consumer can take."""

Join = Callable[[], Awaitable[JetStreamContext.PullSubscription]]
Take = Callable[[Sequence[Msg]], Awaitable[None]]


async def pull(join: Join, size: Callable[[], int], take: Take, stop: asyncio.Event) -> None:
    """Hand up to `size()` messages at a time to `take` until `stop` is set.

    A request ends with what there is, or with the first that comes. After an error of the broker
    it joins again: the server may have lost the consumer, or even the stream.
    """
    joined: JetStreamContext.PullSubscription | None = None
    try:
        while not stop.is_set():
            try:
                joined = joined or await join()
                if messages := await _next(joined, size()):
                    await take(messages)
            except (nats.errors.Error, TimeoutError) as error:
                log.warning("cannot reach the broker, trying again", reason=repr(error))
                await _leave(joined)
                joined = None
                await asyncio.sleep(0.5)
    finally:
        await _leave(joined)


async def _next(joined: JetStreamContext.PullSubscription, size: int) -> Sequence[Msg]:
    try:
        return await joined.fetch(size, timeout=PULL)
    except TimeoutError:
        return []


async def _leave(joined: JetStreamContext.PullSubscription | None) -> None:
    with suppress(nats.errors.Error):
        if joined is not None:
            await joined.unsubscribe()
