"""Dead letters, for an operator: see what consumers gave up, hand it to them again, drop it."""

import asyncio
from collections.abc import AsyncIterator
from collections.abc import Callable
from collections.abc import Coroutine
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from typing import TypeVar

import nats
from nats.js import JetStreamContext
from nats.js.api import AckPolicy
from nats.js.api import ConsumerConfig
from nats.js.errors import NotFoundError

from ticketing.common.bus import Message
from ticketing.common.errors import NotFound
from ticketing.common.errors import Refused
from ticketing.common.errors import Unavailable
from ticketing.common.streams import Streams
from ticketing.common.streams import publish
from ticketing.common.wire import copies_for
from ticketing.common.wire import copy

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message that `consumer` gave up after so many tries; `number` names it to an operator."""

    number: int
    consumer: str
    reason: str
    tries: int
    parked_at: datetime
    event_id: str
    subject: str
    correlation_id: str
    headers: Mapping[str, str]
    body: bytes


class DeadLetters:
    """What the consumers of the platform at this address gave up; every call connects anew.

    Raises Unavailable where the broker does not answer, NotFound where there is no such letter.
    """

    def __init__(self, url: str, prefix: str = "ticketing") -> None:
        self._url = url
        self._streams = Streams(prefix)

    def all(self, consumer: str = "*", limit: int = 1000) -> list[DeadLetter]:
        """Up to `limit` letters, of one consumer if one is named, the oldest first."""
        return self._run(lambda js: self._all(js, consumer, limit))

    def get(self, number: int) -> DeadLetter:
        """The letter of this number."""
        return self._run(lambda js: self._get(js, number))

    def replay(self, number: int) -> None:
        """Hand the message to the consumer that gave it up, and to no other, as if it were new.

        The letter goes; if that fails again, there will be another. Raises Refused where the
        consumer is gone.
        """
        self._run(lambda js: self._replay(js, number))

    def drop(self, number: int) -> None:
        """Forget the letter for good."""
        self._run(lambda js: self._drop(js, number))

    async def _all(self, js: JetStreamContext, consumer: str, limit: int) -> list[DeadLetter]:
        stream, subject = self._streams.dead, f"dead.{self._streams.events}.{consumer}.>"
        config = ConsumerConfig(ack_policy=AckPolicy.NONE)
        try:
            pull = await js.pull_subscribe(subject, stream=stream, config=config)
        except NotFoundError:  # no worker has connected to this broker yet
            return []
        left = min((await pull.consumer_info()).num_pending or 0, limit)
        found = list[DeadLetter]()
        while len(found) < left:
            for raw in await pull.fetch(min(100, left - len(found)), timeout=2):
                number = raw.metadata.sequence.stream
                found.append(_letter(number, raw.subject, raw.data, raw.headers))
        await pull.unsubscribe()
        return found

    async def _get(self, js: JetStreamContext, number: int) -> DeadLetter:
        if number < 1:
            raise NotFound
        try:
            raw = await js.get_msg(self._streams.dead, number)
        except NotFoundError:
            raise NotFound from None
        return _letter(number, raw.subject or "", raw.data, raw.headers)

    async def _replay(self, js: JetStreamContext, number: int) -> None:
        letter = await self._get(js, number)
        await self._check_for(js, letter.consumer)
        message = Message(
            id=letter.event_id,
            subject=letter.subject,
            body=letter.body,
            correlation_id=letter.correlation_id,
        )
        id = f"{self._streams.dead}.{number}"
        await publish(js, copy(id, letter.consumer, message, tries=0))
        await js.delete_msg(self._streams.dead, number)

    async def _check_for(self, js: JetStreamContext, consumer: str) -> None:
        try:
            config = (await js.consumer_info(self._streams.events, consumer)).config
        except NotFoundError:
            raise Refused(f"There is no consumer {consumer} any more") from None
        if copies_for(consumer) not in (config.filter_subjects or []):
            raise Refused(f"The workers of {consumer} are too old to take a letter back")

    async def _drop(self, js: JetStreamContext, number: int) -> None:
        await self._get(js, number)
        await js.delete_msg(self._streams.dead, number)

    def _run(self, ask: Callable[[JetStreamContext], Coroutine[Any, Any, T]]) -> T:
        async def run() -> T:
            async with _connected(self._url) as js:
                return await ask(js)

        try:
            return asyncio.run(run())
        except (OSError, nats.errors.Error) as error:
            raise Unavailable(f"the broker gave no answer: {error!r}") from error


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(
        url, name="dead letters", connect_timeout=2, max_reconnect_attempts=1, error_cb=_quiet
    )
    try:
        yield client.jetstream()
    finally:
        await client.close()


async def _quiet(_: Exception) -> None:
    """What goes wrong is raised; the client need not print it."""


def _letter(
    number: int, subject: str, body: bytes | None, headers: Mapping[str, str] | None
) -> DeadLetter:
    headers = headers or {}
    _, _, consumer, original = subject.split(".", 3)
    return DeadLetter(
        number=number,
        consumer=consumer,
        reason=headers["Reason"],
        tries=int(headers["Tries"]),
        parked_at=datetime.fromisoformat(headers["Parked-At"]),
        event_id=headers["Event-Id"],
        subject=original,
        correlation_id=headers["Correlation-Id"],
        headers=headers,
        body=body or b"",
    )
