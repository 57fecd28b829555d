"""Both buses behind one face, so that one suite can ask the same of each."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import nats
from nats.aio.client import Client

from ticketing.common.messaging.bus import Bus, Done, Handle, Message, Verdict
from ticketing.common.messaging.dead_letters import DeadLetter, DeadLetters
from ticketing.common.messaging.jetstream import ACK_WAIT, JetStreamBus
from ticketing.common.testing.memory_bus import MemoryBus

SUBJECTS = ["order.created", "order.cancelled"]


def message(
    id: str, subject: str = "order.created", *, body: bytes = b"{}", correlation_id: str = "c"
) -> Message:
    return Message(id=id, subject=subject, body=body, correlation_id=correlation_id)


@dataclass(frozen=True)
class Parked:
    """A message that a consumer gave up."""

    consumer: str
    message: Message
    reason: str


class BusStand(Protocol):
    """A bus and what its users cannot see of it."""

    def open(self) -> AbstractAsyncContextManager[Bus]:
        """A bus that holds nothing yet."""

    async def parked(self) -> list[Parked]:
        """What was given up."""

    async def replay(self) -> None:
        """Hand back what was given up first."""


class MemoryStand:
    """The bus in memory."""

    def __init__(self) -> None:
        self._bus = MemoryBus()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Bus]:
        yield self._bus

    async def parked(self) -> list[Parked]:
        return [Parked(*one) for one in self._bus.parked]

    async def replay(self) -> None:
        self._bus.replay(0)


class JetStreamStand:
    """The bus on a server, which is emptied afterwards."""

    def __init__(self, url: str, ack_wait: float = ACK_WAIT) -> None:
        self._url = url
        self._bus = JetStreamBus(url, "ticketing", "tests", ack_wait=ack_wait)
        self.letters = DeadLetters(url)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[JetStreamBus]:
        await self._bus.connect()
        try:
            yield self._bus
        finally:
            await self._bus.close()
            await remove_streams(self._url)

    async def parked(self) -> list[Parked]:
        return [_parked(letter) for letter in await asyncio.to_thread(self.letters.all)]

    async def replay(self) -> None:
        await asyncio.to_thread(lambda: self.letters.replay(self.letters.all()[0].number))


@asynccontextmanager
async def raw_client(url: str) -> AsyncIterator[Client]:
    """A connection to the server that knows nothing of the bus."""
    client = await nats.connect(url)
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def connected(url: str, replicas: int = 1) -> AsyncIterator[JetStreamBus]:
    """The bus on a server, which keeps what it holds."""
    bus = JetStreamBus(url, "ticketing", "tests", replicas=replicas)
    await bus.connect()
    try:
        yield bus
    finally:
        await bus.close()


def _parked(letter: DeadLetter) -> Parked:
    original = Message(
        id=letter.event_id,
        subject=letter.subject,
        body=letter.body,
        correlation_id=letter.correlation_id,
        tries=letter.tries,
    )
    return Parked(letter.consumer, original, letter.reason)


async def remove_streams(url: str) -> None:
    client = await nats.connect(url)
    js = client.jetstream()
    for stream in await js.streams_info():
        await js.delete_stream(stream.config.name or "")
    await client.close()


@dataclass
class Listener:
    """Hears messages and answers each with a verdict."""

    answer: Callable[[Message], Verdict] = lambda _: Done()
    heard: list[Message] = field(default_factory=list)

    async def __call__(self, message: Message) -> Verdict:
        self.heard.append(message)
        return self.answer(message)

    def has(self, count: int) -> bool:
        """Whether it heard so many messages."""
        return len(self.heard) >= count

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.heard]


@asynccontextmanager
async def consuming(
    bus: Bus,
    name: str,
    handle: Handle,
    subjects: Sequence[str] = SUBJECTS,
) -> AsyncIterator[asyncio.Event]:
    """Consume until the end of the block; yields the event that stops the consumer."""
    stop = asyncio.Event()
    task = asyncio.create_task(bus.consume(name, subjects, handle, stop))
    await asyncio.sleep(0)  # let it begin
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, timeout=60)


class Killed(BaseException):
    """The end of a worker in the middle of its work."""


async def live(bus: Bus, name: str, handle: Handle, stop: asyncio.Event) -> None:
    """A worker that is killed by the message "killer", and started again each time."""

    async def handle_or_die(message: Message) -> Verdict:
        verdict = await handle(message)
        if message.id == "killer":
            raise Killed
        return verdict

    while not stop.is_set():
        try:
            await bus.consume(name, SUBJECTS, handle_or_die, stop)
        except Killed:
            await asyncio.sleep(0)


async def until(condition: Callable[[], object], within: float = 60.0) -> None:
    """Return once `condition` holds."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


async def until_parked(stand: BusStand) -> Parked:
    """The one message that was given up, once there is one."""
    async with asyncio.timeout(60):
        while not (found := await stand.parked()):
            await asyncio.sleep(0.02)
    (parked,) = found
    return parked
