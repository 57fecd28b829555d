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

from ticketing.common.bus import Again
from ticketing.common.bus import Done
from ticketing.common.bus import Handle
from ticketing.common.bus import Message
from ticketing.common.bus import Park
from ticketing.common.logs import logger

log = logger(__name__)

SUBJECTS = ["ticket.>", "order.>", "expiration.>", "payment.>"]
BATCH = 20
"""Messages asked for at once; handled one by one, so all of them well within ACK_WAIT."""
PULL = 0.5
"""Seconds that one request for messages stands; how long a stop of an idle consumer can take."""
CONFIRM = 2.0
"""Seconds until a publish is taken for lost; publishing the same id again is harmless."""
ACK_WAIT = 60.0
"""Seconds after which the server gives an unanswered message to another worker."""


class JetStreamBus:
    """A `Bus` on a file-backed stream, with one durable pull consumer per consumer name.

    `prefix` names the streams: `ticketing` gives TICKETING and, for parked messages,
    TICKETING_DEAD.
    """

    def __init__(self, url: str, prefix: str, name: str) -> None:
        self._url = url
        self._name = name
        self.stream = prefix.upper()
        self.dead_stream = f"{self.stream}_DEAD"
        self._client = Client()
        self._js: JetStreamContext = self._client.jetstream()

    @property
    def connected(self) -> bool:
        """Whether the server is in reach now."""
        return self._client.is_connected

    async def connect(self) -> None:
        """Connect, for as long as that takes, and make the streams."""
        await self._client.connect(
            self._url,
            name=self._name,
            connect_timeout=2,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,  # type: ignore[arg-type]  # a float works
            error_cb=self._on_error,
            allow_reconnect=True,
        )
        await self._ensure_stream(self.stream, SUBJECTS)
        await self._ensure_stream(self.dead_stream, [f"dead.{self.stream}.>"])

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
        """Consume as `Bus.consume` says; what was fetched when `stop` is set is given back."""
        pull: JetStreamContext.PullSubscription | None = None
        while not stop.is_set():
            try:
                pull = pull or await self._join(consumer, subjects)
                for raw in await pull.fetch(BATCH, timeout=PULL):
                    await (raw.nak() if stop.is_set() else self._deliver(consumer, raw, handle))
            except TimeoutError:
                continue
            except nats.errors.Error as error:
                log.warning("cannot reach the broker, trying again", reason=repr(error))
                await asyncio.sleep(0.5)
        if pull is not None:
            await pull.unsubscribe()

    async def _deliver(self, consumer: str, raw: Msg, handle: Handle) -> None:
        message = _message(raw)
        match await handle(message):
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

    async def _ensure_stream(self, name: str, subjects: list[str]) -> None:
        config = StreamConfig(name=name, subjects=subjects, storage=StorageType.FILE)
        try:
            await self._js.add_stream(config)
        except BadRequestError:
            await self._js.update_stream(config)

    async def _join(self, name: str, subjects: Sequence[str]) -> JetStreamContext.PullSubscription:
        config = ConsumerConfig(
            durable_name=name,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT,
            max_deliver=-1,
            max_ack_pending=1000,
            filter_subjects=list(subjects),
        )
        await self._js.add_consumer(self.stream, config)
        return await self._js.pull_subscribe_bind(durable=name, stream=self.stream)

    async def _on_error(self, error: Exception) -> None:
        log.warning("nats connection", reason=repr(error))


def _message(raw: Msg) -> Message:
    headers = raw.headers or {}
    return Message(
        id=headers.get("Nats-Msg-Id", str(raw.metadata.sequence.stream)),
        subject=raw.subject,
        body=raw.data,
        correlation_id=headers.get("Correlation-Id", ""),
        tries=raw.metadata.num_delivered or 1,
    )
