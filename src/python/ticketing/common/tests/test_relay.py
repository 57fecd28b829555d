"""The relay from outbox to bus, in memory and with real servers alike."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest
from pymongo.database import Database

from ticketing.common.messaging.bus import Bus, Handle, Message
from ticketing.common.messaging.relay import BATCH, publish_pending, relay
from ticketing.common.storage.mongo import Document, ensure_indexes
from ticketing.common.storage.store import OUTBOX_INDEX
from ticketing.common.testing.services import memory_database
from ticketing.common.tests.buses import (
    BusStand,
    JetStreamStand,
    Listener,
    MemoryStand,
    consuming,
    until,
)
from ticketing.common.tests.databases import on_server
from ticketing.common.tests.things import Thing, Things, save, waiting

SUBJECTS = ["expiration.completed"]


@pytest.fixture(params=["memory", "servers"])
def parts(request: pytest.FixtureRequest) -> Iterator[tuple[BusStand, Things]]:
    """A bus and a store of one kind."""
    if request.param == "memory":
        yield MemoryStand(), store_in(memory_database())
    else:
        with on_server(request.getfixturevalue("mongo_server")) as database:
            url = request.getfixturevalue("nats_server").url
            yield JetStreamStand(url), store_in(database)


def store_in(database: Database[Document]) -> Things:
    ensure_indexes(database, {"things": [OUTBOX_INDEX]})
    return Things(database["things"])


@dataclass
class FailingBus:
    """Passes on to another bus, and fails before or after it did so for the ids that it is told."""

    bus: Bus
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    then: Callable[[], object] = lambda: None

    async def publish(self, message: Message) -> None:
        self.calls.append(message.id)
        self.then()
        if message.id in self.before:
            raise ConnectionError("before it was safe")
        await self.bus.publish(message)
        if message.id in self.after:
            raise ConnectionError("before that was known")

    async def consume(
        self, consumer: str, subjects: Sequence[str], handle: Handle, stop: asyncio.Event
    ) -> None:
        await self.bus.consume(consumer, subjects, handle, stop)


@asynccontextmanager
async def relaying(store: Things, bus: Bus) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(relay([store], bus, stop))
    yield
    stop.set()
    await asyncio.wait_for(task, timeout=60)


def test_what_waits_is_published_oldest_first_per_document_and_taken_out(
    parts: tuple[BusStand, Things],
) -> None:
    (stand, store), listener = parts, Listener()
    for version in range(-1, 4):
        save(store, "a", version, name="kept")
    save(store, "b")

    async def story() -> None:
        async with (
            stand.open() as bus,
            relaying(store, bus),
            consuming(bus, "orders", listener, SUBJECTS),
        ):
            await until(lambda: len(listener.heard) == 6 and not waiting(store))

    asyncio.run(story())
    assert [id for id in listener.ids if id != "b-0"] == ["a-0", "a-1", "a-2", "a-3", "a-4"]
    assert store.get("a") == Thing(id="a", version=4, name="kept")
    first, *_ = listener.heard
    assert (first.subject, first.correlation_id) == ("expiration.completed", first.id)


def test_a_full_page_says_that_there_may_be_more(parts: tuple[BusStand, Things]) -> None:
    (stand, store), listener = parts, Listener()
    for number in range(4):
        save(store, str(number))

    async def story() -> None:
        async with stand.open() as bus, consuming(bus, "orders", listener, SUBJECTS):
            assert await publish_pending(store, bus, page=3)
            assert len(waiting(store)) == 1
            assert not await publish_pending(store, bus, page=3)
            await until(partial(listener.has, 4))

    asyncio.run(story())
    assert waiting(store) == {}


def test_a_page_is_published_in_batches_and_a_stop_comes_between_them(
    parts: tuple[BusStand, Things],
) -> None:
    (stand, store), stop = parts, asyncio.Event()
    for number in range(2 * BATCH + 1):
        save(store, str(number))

    async def story() -> None:
        async with stand.open() as bus:
            watched = FailingBus(bus, then=stop.set)
            await publish_pending(store, watched, stop=stop)
            assert len(watched.calls) == BATCH
            assert len(waiting(store)) == BATCH + 1
            await publish_pending(store, bus)

    asyncio.run(story())
    assert waiting(store) == {}


def test_an_event_that_cannot_be_published_waits_and_others_do_not(
    parts: tuple[BusStand, Things],
) -> None:
    (stand, store), listener = parts, Listener()
    save(store, "bad", at=1)
    save(store, "bad", 0, at=2)
    save(store, "good", at=3)

    async def story() -> None:
        async with stand.open() as bus, consuming(bus, "orders", listener, SUBJECTS):
            failing = FailingBus(bus, before={"bad-0"})
            with pytest.raises(ConnectionError):
                await publish_pending(store, failing)
            assert waiting(store) == {"bad": ["bad-0", "bad-1"]}
            failing.before.clear()
            await publish_pending(store, failing)
            await until(lambda: len(listener.heard) == 3)
            assert failing.calls == ["bad-0", "good-0", "bad-0", "bad-1"]

    asyncio.run(story())
    assert waiting(store) == {}
    assert listener.ids == ["good-0", "bad-0", "bad-1"]


def test_the_relay_goes_on_after_a_failure_by_itself(parts: tuple[BusStand, Things]) -> None:
    stand, store = parts
    save(store, "a")

    async def story() -> None:
        async with stand.open() as bus:
            failing = FailingBus(bus, before={"a-0"})
            async with relaying(store, failing):
                await until(lambda: failing.calls)
                failing.before.clear()
                await until(lambda: not waiting(store))

    asyncio.run(story())


def test_a_crash_after_publishing_publishes_the_same_id_again_and_it_is_delivered_once(
    parts: tuple[BusStand, Things],
) -> None:
    (stand, store), listener = parts, Listener()
    save(store, "a")

    async def story() -> None:
        async with stand.open() as bus, consuming(bus, "orders", listener, SUBJECTS):
            crashing = FailingBus(bus, after={"a-0"})
            with pytest.raises(ConnectionError):
                await publish_pending(store, crashing)
            assert waiting(store) == {"a": ["a-0"]}
            await until(lambda: listener.heard)
            crashing.after.clear()
            await publish_pending(store, crashing)
            assert crashing.calls == ["a-0", "a-0"]
            await asyncio.sleep(0.3)

    asyncio.run(story())
    assert waiting(store) == {}
    assert listener.ids == ["a-0"]


def test_what_is_saved_while_the_relay_publishes_is_not_lost(
    parts: tuple[BusStand, Things],
) -> None:
    (stand, store), listener = parts, Listener()

    def write() -> None:
        for version in range(-1, 29):
            save(store, "a", version)

    async def story() -> None:
        async with (
            stand.open() as bus,
            relaying(store, bus),
            consuming(bus, "orders", listener, SUBJECTS),
        ):
            await asyncio.to_thread(write)
            await until(lambda: len(listener.heard) == 30 and not waiting(store))

    asyncio.run(story())
    assert listener.ids == [f"a-{version}" for version in range(30)]


def save_to_a_sleeping_relay(store: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some saves, each after the one before is on the bus; the relay never wakes by itself."""
    monkeypatch.setattr("ticketing.common.messaging.relay.SWEEP", 3600.0)
    stand, listener = MemoryStand(), Listener()

    async def story() -> None:
        async with (
            stand.open() as bus,
            relaying(store, bus),
            consuming(bus, "orders", listener, SUBJECTS),
        ):
            for number in range(4):
                await asyncio.sleep(0.3)  # until the relay sleeps
                await asyncio.to_thread(save, store, str(number))
                await until(partial(listener.has, number + 1))

    asyncio.run(story())


def test_a_save_wakes_the_relay_where_the_database_tells_of_it(
    server_database: Database[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_to_a_sleeping_relay(store_in(server_database), monkeypatch)


def test_the_clock_wakes_the_relay_where_the_database_does_not_tell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save_to_a_sleeping_relay(store_in(memory_database()), monkeypatch)
