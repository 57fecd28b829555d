"""Dead letters, for an operator: see what consumers gave up, hand it to them again, drop it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from ticketing.common.core.errors import NotFound, Refused
from ticketing.common.messaging import wire
from ticketing.common.messaging.bus import Message
from ticketing.common.messaging.request import request
from ticketing.common.messaging.streams import Streams
from ticketing.common.messaging.wire import copies_for, copy, publish

_CONSUMER = re.compile(r"[^\s.*>]+")


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message that `consumer` gave up after so many tries; `number` names it to an operator.

    What the message does not tell is empty, or 0: it may be of nobody we know.
    """

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

    def all(self, consumer: str | None = None, limit: int = 1000) -> list[DeadLetter]:
        """Up to `limit` letters, of one consumer if one is named, the oldest first."""
        subject = f"dead.{self._streams.events}.>"
        if consumer is not None:
            if not _CONSUMER.fullmatch(consumer):  # no consumer can have such a name
                return []
            subject = f"dead.{self._streams.events}.{consumer}.>"
        return request(self._url, lambda js: self._all(js, subject, limit))

    def get(self, number: int) -> DeadLetter:
        """The letter of this number."""
        return request(self._url, lambda js: self._get(js, number))

    def replay(self, number: int) -> None:
        """Hand the message to the consumer that gave it up, and to no other, as if it were new.

        The letter goes; if that fails again, there will be another. Raises Refused where the
        consumer is gone, or the letter does not tell of which subject the message was.
        """
        request(self._url, lambda js: self._replay(js, number))

    def drop(self, number: int) -> None:
        """Forget the letter for good."""
        request(self._url, lambda js: self._drop(js, number))

    async def _all(self, js: JetStreamContext, subject: str, limit: int) -> list[DeadLetter]:
        config = ConsumerConfig(ack_policy=AckPolicy.NONE)
        try:
            pull = await js.pull_subscribe(subject, stream=self._streams.dead, config=config)
        except NotFoundError:  # no worker has connected to this broker yet
            return []
        left = min((await pull.consumer_info()).num_pending or 0, limit)
        found = list[DeadLetter]()
        while len(found) < left:
            for raw in await pull.fetch(min(100, left - len(found)), timeout=2):
                number, time = raw.metadata.sequence.stream, raw.metadata.timestamp
                found.append(_letter(number, time, raw.subject, raw.data, raw.headers))
        await pull.unsubscribe()
        return found

    async def _get(self, js: JetStreamContext, number: int) -> DeadLetter:
        if number < 1:
            raise NotFound
        try:
            raw: Any = await js.get_msg(self._streams.dead, number)
        except NotFoundError:
            raise NotFound from None
        return _letter(number, raw.time, raw.subject, raw.data, raw.headers)

    async def _replay(self, js: JetStreamContext, number: int) -> None:
        letter = await self._get(js, number)
        if not letter.subject:
            raise Refused(f"Dead letter {number} does not say what it was: it can only be dropped")
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


def _letter(
    number: int,
    time: datetime,
    subject: str,
    body: bytes | None,
    headers: Mapping[str, str] | None,
) -> DeadLetter:
    headers = headers or {}
    _, _, consumer, original, *_ = [*subject.split(".", 3), "", ""]
    message = wire.received(original, body, headers, tries=0, id=str(number))
    return DeadLetter(
        number=number,
        consumer=consumer,
        reason=headers.get("Reason", ""),
        tries=message.tries,
        parked_at=time,
        event_id=message.id,
        subject=message.subject,
        correlation_id=message.correlation_id,
        headers=headers,
        body=message.body,
    )
