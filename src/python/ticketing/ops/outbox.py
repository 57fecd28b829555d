"""`ops outbox`: what has been decided and not been told yet, or been told and not been handled."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import click
import msgspec
from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError
from pymongo.errors import PyMongoError

from ticketing.ops.broker import ask, state
from ticketing.ops.command_line import reason, with_platform
from ticketing.ops.platform import STORES, Platform
from ticketing.ops.tables import age, moment, table

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
WAITING = {"outbox.occurredAt": {"$gte": LONG_AGO}}
Row = tuple[object, ...]


class _Told(msgspec.Struct, rename="camel"):
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)]


@click.group()
def outbox() -> None:
    """Events on their way between the services."""


@outbox.command()
@with_platform
def lag(platform: Platform) -> None:
    """How many events wait, and since when.

    In each outbox and for each consumer. A moment's few are normal. What grows, or waits for
    minutes, has a worker that is down, or a broker, database or event that it cannot get past.
    """
    now = datetime.now(UTC)
    problems = list[str]()
    rows = [_outbox(platform, name, now, problems) for name in STORES]
    table("Outboxes", ("service", "unpublished", "oldest (UTC)", "waits"), rows)
    try:
        consumers, streams = ask(platform, lambda js: _broker(js, platform, now))
        columns = ("consumer", "to come", "in hand", "again", "oldest unfinished (UTC)", "waits")
        table("Consumers", columns, consumers)
        table("Streams", ("stream", "messages", "newest (UTC)"), streams)
    except click.ClickException as error:
        problems.append(error.message)
    if problems:
        raise click.ClickException("; ".join(problems))


def _outbox(platform: Platform, name: str, now: datetime, problems: list[str]) -> Row:
    try:
        times = list(_waiting(platform, name))
    except (PyMongoError, click.ClickException) as error:
        problems.append(f"{name}: {reason(error)}")
        return (name, "?", "", "")
    oldest = min(times, default=None)
    return (name, len(times), moment(oldest), "" if oldest is None else age(now - oldest))


def _waiting(platform: Platform, name: str) -> Iterator[datetime]:
    """When each event happened that the service has not published."""
    platform.database(name)  # must be in reach
    for store in platform.service(name).stores:
        for document in store.documents.find(WAITING, {"outbox.occurredAt": True}):
            for letter in document["outbox"]:
                yield letter["occurredAt"]


async def _broker(
    js: JetStreamContext, platform: Platform, now: datetime
) -> tuple[list[Row], list[Row]]:
    names = platform.streams
    known = await js.consumers_info(names.events)
    durable = [each for each in known if each.config.durable_name]
    consumers = [await _consumer(js, names.events, each, now) for each in durable]
    streams = [await _stream(js, name) for name in (names.events, names.dead)]
    return sorted(consumers, key=str), streams


async def _consumer(js: JetStreamContext, stream: str, info: ConsumerInfo, now: datetime) -> Row:
    counts = (info.num_pending or 0, info.num_ack_pending or 0, info.num_redelivered or 0)
    oldest = await _oldest(js, stream, info) if any(counts) else None
    return (info.name, *counts, moment(oldest), "" if oldest is None else age(now - oldest))


async def _oldest(js: JetStreamContext, stream: str, info: ConsumerInfo) -> datetime | None:
    """Since when the oldest message waits that this consumer has not finished."""
    finished = info.ack_floor.stream_seq if info.ack_floor else 0
    subjects = info.config.filter_subjects or [info.config.filter_subject or ">"]
    times = [await _next(js, stream, finished + 1, subject) for subject in subjects]
    return min((time for time in times if time is not None), default=None)


async def _next(js: JetStreamContext, stream: str, number: int, subject: str) -> datetime | None:
    try:
        found: Any = await js.get_msg(stream, seq=number, subject=subject, next=True)
    except NotFoundError:
        return None
    time: datetime | None = found.time
    return _happened_at(found.data or b"") or time if found.subject.startswith("again.") else time


def _happened_at(body: bytes) -> datetime | None:
    """A renewed copy is new in the stream; how long its event has waited is told by the event."""
    try:
        return msgspec.json.decode(body, type=_Told).occurred_at
    except ValueError:
        return None


async def _stream(js: JetStreamContext, name: str) -> Row:
    try:
        known = await state(js, name)
    except NotFoundError:
        return (name, "none", "")
    if not known.messages:
        return (name, 0, "")
    newest: Any = await js.get_msg(name, seq=known.last_seq)
    return (name, known.messages, moment(newest.time))
