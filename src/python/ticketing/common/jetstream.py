"""The bus on NATS JetStream; the only module that knows NATS."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from datetime import datetime

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy
from nats.js.api import ConsumerConfig
from nats.js.api import StorageType
from nats.js.api import StreamConfig
from nats.js.errors import BadRequestError
from nats.js.errors import NotFoundError

from ticketing.common.bus import Again
from ticketing.common.bus import Done
from ticketing.common.bus import Handle
from ticketing.common.bus import Message
from ticketing.common.bus import Park
from ticketing.common.logs import logger

log = logger(__name__)

SUBJECTS = ["ticket.>", "order.>", "expiration.>", "payment.>"]
PULL = 0.5
"""Seconds that one request for messages stands; how long a stop of an idle consumer can take."""
CONFIRM = 2.0
"""Seconds until a publish is taken for lost; publishing the same id again is harmless."""
ACK_WAIT = 10.0
"""Seconds without a sign of life after which a message in hand is given to another worker."""


class JetStreamBus:
    """A `Bus` on a file-backed stream, with one durable pull consumer per consumer name.

    `prefix` names the streams: `ticketing` gives TICKETING and, for parked messages,
    TICKETING_DEAD, each kept by so many servers as `replicas` says. `ack_wait` is in seconds.
    """

    def __init__(
        self, url: str, prefix: str, name: str, *, replicas: int = 1, ack_wait: float = ACK_WAIT
    ) -> None:
        self._url = url
        self._name = name
        self._replicas = replicas
        self._ack_wait = ack_wait
        self._last_error = ""
        self.stream = prefix.upper()
        self.dead_stream = f"{self.stream}_DEAD"
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
            connect_timeout=2,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,  # type: ignore[arg-type]  # a float works
            error_cb=self._on_error,
            reconnected_cb=self._on_reconnect,
        )
        while True:
            try:
                return await self._ensure_streams()
            except nats.errors.Error as error:
                log.warning("the broker has no streams yet, trying again", reason=repr(error))
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        """Send what is buffered and leave; a message whose answer is lost here comes again."""
        with suppress(OSError, nats.errors.Error):
            await (self._client.drain() if self._client.is_connected else self._client.close())

    async def publish(self, message: Message) -> None:
        """Publish and wait until the server has it on disk."""
        headers = {"Nats-Msg-Id": message.id, "Correlation-Id": message.correlation_id}
        await self._js.publish(message.subject, message.body, timeout=CONFIRM, headers=headers)

    async def consume(
        self, consumer: str, subjects: Sequence[str], handle: Handle, stop: asyncio.Event
    ) -> None:
        """Consume as `Bus.consume` says, with one message in hand at a time."""
        pull: JetStreamContext.PullSubscription | None = None
        while not stop.is_set():
            try:
                pull = pull or await self._join(consumer, subjects)
                for raw in await pull.fetch(1, timeout=PULL):
                    await self._deliver(consumer, raw, handle)
            except TimeoutError:
                continue
            except nats.errors.Error as error:
                log.warning("cannot reach the broker, trying again", reason=repr(error))
                # The server may have lost the consumer, or even the stream: join again.
                await _leave(pull)
                pull = None
                await asyncio.sleep(0.5)
        await _leave(pull)

    async def _deliver(self, consumer: str, raw: Msg, handle: Handle) -> None:
        message = _message(raw)
        sign_of_life = asyncio.create_task(_keep(raw, self._ack_wait / 3))
        try:
            verdict = await handle(message)
        finally:
            sign_of_life.cancel()
        match verdict:
            case Done():
                await raw.ack()
            case Again(delay):
                await raw.nak(delay=delay)
            case Park(reason):
                await self._park(consumer, message, reason)
                await raw.term()

    async def _park(self, consumer: str, message: Message, reason: str) -> None:
        headers = {
            "Nats-Msg-Id": f"{consumer}.{message.id}",
            "Event-Id": message.id,
            "Correlation-Id": message.correlation_id,
            "Consumer": consumer,
            "Reason": " ".join(reason.split())[:1000],
            "Tries": str(message.tries),
            "Parked-At": datetime.now(UTC).isoformat(),
        }
        subject = f"dead.{self.stream}.{consumer}.{message.subject}"
        await self._js.publish(subject, message.body, timeout=CONFIRM, headers=headers)

    async def _ensure_streams(self) -> None:
        """Replicas are added where more are asked for, but none is taken away: who asks for fewer
        may be a stranger who did not know, and a message that is kept once can be lost.
        """
        for name, subjects in [
            (self.stream, SUBJECTS),
            (self.dead_stream, [f"dead.{self.stream}.>"]),
        ]:
            config = StreamConfig(
                name=name,
                subjects=subjects,
                storage=StorageType.FILE,
                num_replicas=self._replicas,
            )
            try:
                await self._js.add_stream(config)
            except BadRequestError:
                known = (await self._js.stream_info(name)).config.num_replicas or 1
                await self._js.update_stream(config, num_replicas=max(known, self._replicas))

    async def _join(self, name: str, subjects: Sequence[str]) -> JetStreamContext.PullSubscription:
        await self._ensure_streams()
        known = await self._subjects_of(name)
        config = ConsumerConfig(
            durable_name=name,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self._ack_wait,
            max_deliver=-1,
            max_ack_pending=-1,  # however many wait for a later try, new ones still come
            filter_subjects=sorted({*subjects, *known}),
        )
        await self._js.add_consumer(self.stream, config)
        return await self._js.pull_subscribe_bind(durable=name, stream=self.stream)

    async def _subjects_of(self, consumer: str) -> list[str]:
        """What it consumes so far. It never loses a subject by itself: during a rollout an older
        version that starts would take away what a newer one has added, and its messages with it.
        """
        try:
            config = (await self._js.consumer_info(self.stream, consumer)).config
        except NotFoundError:
            return []
        return config.filter_subjects or [config.filter_subject or ""]

    async def _on_error(self, error: Exception) -> None:
        # The client tries again several times a second: once per outage is enough.
        if repr(error) != self._last_error:
            self._last_error = repr(error)
            log.warning("nats connection", reason=self._last_error)

    async def _on_reconnect(self) -> None:
        self._last_error = ""
        log.info("nats connection is back")


async def _leave(pull: JetStreamContext.PullSubscription | None) -> None:
    with suppress(nats.errors.Error):
        if pull is not None:
            await pull.unsubscribe()


async def _keep(raw: Msg, every: float) -> None:
    """Tell the server every so many seconds that the message is in hand."""
    while True:
        await asyncio.sleep(every)
        with suppress(nats.errors.Error):
            await raw.in_progress()


def _message(raw: Msg) -> Message:
    headers = raw.headers or {}
    return Message(
        id=headers.get("Nats-Msg-Id", str(raw.metadata.sequence.stream)),
        subject=raw.subject,
        body=raw.data,
        correlation_id=headers.get("Correlation-Id", ""),
        tries=raw.metadata.num_delivered or 1,
    )
