"""The bus on NATS JetStream; only it and the modules that it is made of know NATS."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext

from ticketing.common.core.logs import logger
from ticketing.common.messaging import wire
from ticketing.common.messaging.bus import Handle, Message
from ticketing.common.messaging.streams import Streams
from ticketing.common.messaging.subscription import Subscription

log = logger(__name__)

ACK_WAIT = 10.0
"""Seconds without a sign of life after which a message in hand is given to another worker."""


def inbox(url: str) -> str:
    """Where the broker answers: each user has a place that no other may listen to."""
    user = urlsplit(url).username
    return f"_INBOX.{user}" if user else "_INBOX"


class JetStreamBus:
    """A `Bus` on a file-backed stream, with one durable pull consumer per consumer name.

    `prefix` names the streams (see `Streams`), each kept by so many servers as `replicas` says.
    `ack_wait` is in seconds.
    """

    def __init__(
        self, url: str, prefix: str, name: str, *, replicas: int = 1, ack_wait: float = ACK_WAIT
    ) -> None:
        self._url = url
        self._name = name
        self._replicas = replicas
        self._ack_wait = ack_wait
        self._last_error = ""
        self._streams = Streams(prefix)
        self._client = Client()
        self._js: JetStreamContext = self._client.jetstream()

    def check(self) -> None:
        """Raise unless the server is in reach now."""
        if not self._client.is_connected:
            raise ConnectionError("not connected to the broker")

    async def connect(self) -> None:
        """Connect, for as long as that takes, and make the streams."""
        await self._client.connect(
            self._url,
            name=self._name,
            inbox_prefix=inbox(self._url),
            connect_timeout=2,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,  # type: ignore[arg-type]  # a float works
            error_cb=self._on_error,
            reconnected_cb=self._on_reconnect,
        )
        while True:
            try:
                return await self._streams.ensure(self._js, self._replicas)
            except nats.errors.Error as error:
                log.warning("the broker has no streams yet, trying again", reason=repr(error))
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        """Send what is buffered and leave; a message whose answer is lost here comes again."""
        with suppress(OSError, nats.errors.Error):
            await (self._client.drain() if self._client.is_connected else self._client.close())

    async def publish(self, message: Message) -> None:
        """Publish and wait until the server has it on disk."""
        await wire.publish(self._js, wire.event(message))

    async def consume(
        self, consumer: str, subjects: Sequence[str], handle: Handle, stop: asyncio.Event
    ) -> None:
        """Consume as `Bus.consume` says, what a `Subscription` takes in hand."""
        subscription = Subscription(
            js=self._js,
            streams=self._streams,
            replicas=self._replicas,
            ack_wait=self._ack_wait,
            name=consumer,
            subjects=subjects,
            handle=handle,
            stop=stop,
        )
        await subscription.run()

    async def _on_error(self, error: Exception) -> None:
        # The client tries again several times a second: once per outage is enough.
        if repr(error) != self._last_error:
            self._last_error = repr(error)
            log.warning("nats connection", reason=self._last_error)

    async def _on_reconnect(self) -> None:
        self._last_error = ""
        log.info("nats connection is back")
