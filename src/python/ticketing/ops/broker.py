"""What the broker knows: events in the stream, and how far each consumer is."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import click
import nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamState
from nats.js.errors import NotFoundError

from ticketing.common.core.errors import Unavailable
from ticketing.common.messaging import wire
from ticketing.common.messaging.bus import Message
from ticketing.common.messaging.request import place, request
from ticketing.ops.platform import Platform

T = TypeVar("T")

BATCH = 500
SILENT_AFTER = 5.0
"""Seconds until a broker that sends nothing more is taken for silent."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A message in the stream: its number there, and when it came."""

    number: int
    at: datetime
    message: Message
    subject: str
    """As published; `message.subject` is the event's also for a copy to one consumer."""


def ask(platform: Platform, question: Callable[[JetStreamContext], Awaitable[T]]) -> T:
    """What the broker answers to a coroutine function; a click error where it does not."""
    try:
        return request(platform.nats_url, question)
    except NotFoundError as error:
        where, stream = place(platform.nats_url), platform.streams.events
        raise click.ClickException(
            f"The broker at {where} has no stream {stream}: no worker was ever connected"
        ) from error
    except Unavailable as error:
        raise click.ClickException(str(error)) from error


async def state(js: JetStreamContext, stream: str) -> StreamState:
    """How many messages a stream has, and the numbers of the first and the last."""
    return (await js.stream_info(stream)).state


async def read(
    js: JetStreamContext, stream: str, subjects: Sequence[str], *, after: int, until: int
) -> AsyncIterator[Published]:
    """The messages of these subjects whose numbers come after one and go up to another."""
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=after + 1,
        filter_subjects=list(subjects),
        inactive_threshold=60,
        mem_storage=True,
    )
    async with _pulling(js, stream, config) as pull:
        waiting = (await pull.consumer_info()).num_pending or 0
        while waiting:
            for raw in await pull.fetch(min(BATCH, waiting), timeout=SILENT_AFTER):
                published = _published(raw)
                if published.number > until:
                    return
                yield published
                waiting = raw.metadata.num_pending


async def first_since(js: JetStreamContext, stream: str, since: datetime) -> int:
    """The number of the first message from this time on; one after the last if there is none."""
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_TIME,
        opt_start_time=since,
        inactive_threshold=60,
        mem_storage=True,
    )
    async with _pulling(js, stream, config) as pull:
        info = await pull.consumer_info()
        if not info.num_pending:
            return (await state(js, stream)).last_seq + 1
        (first,) = await pull.fetch(1, timeout=SILENT_AFTER)
        return _published(first).number


@asynccontextmanager
async def _pulling(
    js: JetStreamContext, stream: str, config: ConsumerConfig
) -> AsyncIterator[JetStreamContext.PullSubscription]:
    """A consumer for the moment, of which nothing stays."""
    pull = await js.pull_subscribe("", stream=stream, config=config)
    name = (await pull.consumer_info()).name
    try:
        yield pull
    finally:
        with suppress(nats.errors.Error):  # by itself it goes after a minute
            await pull.unsubscribe()
            await js.delete_consumer(stream, name)


def _published(raw: Msg) -> Published:
    number = raw.metadata.sequence.stream
    message = wire.received(raw.subject, raw.data, raw.headers, id=str(number))
    at = raw.metadata.timestamp
    return Published(number=number, at=at, message=message, subject=raw.subject)
