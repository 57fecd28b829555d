"""`ops projections`: what a service knows of the others' things, made again from the stream."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import click
from nats.js import JetStreamContext

from ticketing.common.messaging.bus import Again, Message
from ticketing.common.runtime.service import Service
from ticketing.ops.broker import Published, ask, read, state
from ticketing.ops.command_line import confirm, with_platform, yes_option
from ticketing.ops.events import content
from ticketing.ops.platform import STORES, Platform
from ticketing.ops.tables import say

PROGRESS = 10.0
"""Seconds between signs of life; a small machine does some hundred events a second."""
TRIED_FOR = 30.0
"""Seconds to try an event again that came during the rebuild; the workers have it as well."""


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """How many events made the new replicas, and came meanwhile; `left` are for the workers, and
    `unread` are the numbers of those that nobody could have read.
    """

    events: int
    unread: list[int]
    meanwhile: int
    left: list[str]


@click.group()
def projections() -> None:
    """Replicas: what a service knows of other services' things."""


@projections.command("rebuild")
@click.argument("service", type=click.Choice(STORES))
@yes_option
@with_platform
def rebuild_command(platform: Platform, service: str, yes: bool) -> None:
    """Make a SERVICE's replicas again from the first event on.

    The old ones are dropped then. The service may go on working meanwhile.
    """
    if not platform.service(service).replicas:
        raise click.UsageError(f"{service} has no replicas.")
    platform.database(service)  # must be in reach
    names = _replicas(platform.service(service))
    stream = platform.streams.events
    number = ask(platform, lambda js: _whole(js, stream))
    confirm(
        f"Drop what {service} knows of {names} and make it again from the {number} messages"
        f" of {stream}?",
        yes,
    )
    begun = time.monotonic()
    rebuilt = ask(platform, lambda js: rebuild(js, stream, platform.service(service)))
    took = time.monotonic() - begun
    say(
        f"Made again from {rebuilt.events} events in {took:.1f} s: what {service} knows of {names}."
    )
    say(f"Events that came meanwhile and were handled once more: {rebuilt.meanwhile}.")
    if rebuilt.unread:
        numbers = ", ".join(map(str, rebuilt.unread))
        say(f"Left out, since nobody can read them: messages {numbers} of {stream}.")
    for event in rebuilt.left:
        say(f"Known now, but not acted upon yet: {event}. The worker tries it, too.")


async def rebuild(js: JetStreamContext, stream: str, service: Service[Any]) -> Rebuilt:
    """Make the service's replicas again, while its processes work.

    What they hear until the new replicas are in place goes to the old ones. All that came since the
    beginning is therefore handled once more, by the real handlers: so nothing that was decided by
    an older state stays wrong.
    """
    subjects = service.events.replicas.subjects
    last = await _whole(js, stream)
    with ExitStack() as replicas:
        for replica in service.replicas:
            replicas.enter_context(replica.rebuilt())
        told = read(js, stream, subjects, after=0, until=last)
        events, unread = await _write(told, service)
        # What came meanwhile: the less is missing then, should this process die before its end.
        newest = (await state(js, stream)).last_seq
        await _write(read(js, stream, subjects, after=last, until=newest), service)
    service.prepare()
    newest = (await state(js, stream)).last_seq
    meanwhile = [each async for each in read(js, stream, subjects, after=last, until=newest)]
    tried = [await _handle(each.message, service) for each in meanwhile]
    left = [each for each in tried if each is not None]
    return Rebuilt(events=events, unread=unread, meanwhile=len(meanwhile), left=left)


async def _whole(js: JetStreamContext, stream: str) -> int:
    """The number of the last message; a click error unless all from the first on are there."""
    known = await state(js, stream)
    if known.first_seq > 1 or known.num_deleted:
        raise click.ClickException(
            f"{stream} is not whole: it begins at message {known.first_seq}, and"
            f" {known.num_deleted or 0} of it are deleted. What they told would be forgotten, so"
            " nothing was done."
        )
    return known.last_seq


async def _write(told: AsyncIterator[Published], service: Service[Any]) -> tuple[int, list[int]]:
    replicas = service.events.replicas
    count, unread, reported = 0, list[int](), time.monotonic()
    async for each in told:
        if time.monotonic() - reported > PROGRESS:
            reported = time.monotonic()
            click.echo(f"{count} events so far, at message {each.number} ...", err=True)
        if content(each.message) is None:
            unread.append(each.number)
        else:
            await asyncio.to_thread(replicas.handle, each.message, service.use_cases)
            count += 1
    return count, unread


async def _handle(message: Message, service: Service[Any]) -> str | None:
    """Handle it as the worker does; what it is where that has no end in time."""
    handle = service.events.bind(service.use_cases)
    deadline = time.monotonic() + TRIED_FOR
    while isinstance(verdict := await handle(message), Again):
        if time.monotonic() + verdict.delay > deadline:
            return f"{message.subject} {message.id}"
        await asyncio.sleep(verdict.delay)
        message = replace(message, tries=message.tries + 1)
    return None


def _replicas(service: Service[Any]) -> str:
    return " and ".join(each.documents.name for each in service.replicas)
