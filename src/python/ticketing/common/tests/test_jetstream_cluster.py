"""Several brokers: each message is kept by as many as was asked for, so that one may be lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import nats
import pytest
from nats.js.api import ClusterInfo

from ticketing.common.core.errors import Unavailable
from ticketing.common.messaging.bus import Message
from ticketing.common.messaging.dead_letters import DeadLetter, DeadLetters
from ticketing.common.messaging.jetstream import JetStreamBus
from ticketing.common.testing.servers import NatsServer, free_port
from ticketing.common.tests.buses import (
    Listener,
    connected,
    consuming,
    live,
    message,
    until,
)

STREAMS = ["TICKETING", "TICKETING_DEAD"]


class Member(NatsServer):
    """One of several that keep streams together; `routes` are all members' ports for each other."""

    def __init__(self, directory: Path, routes: list[int], number: int) -> None:
        directory.mkdir()
        super().__init__(directory)
        self.name = f"nats-{number}"
        self._own_route, self._routes = routes[number], routes

    def options(self) -> list[str]:
        """See `nats-server --help`."""
        routes = ",".join(f"nats://127.0.0.1:{port}" for port in self._routes)
        cluster = ["--cluster_name", "tests", "--server_name", self.name, "--routes", routes]
        return [*super().options(), *cluster, "--cluster", f"nats://127.0.0.1:{self._own_route}"]


@pytest.fixture()
def members(tmp_path: Path) -> Iterator[list[Member]]:
    """Three servers that know each other."""
    routes = [free_port() for _ in range(3)]
    members = [Member(tmp_path / str(number), routes, number) for number in range(3)]
    for member in members:
        member.start()
    yield members
    for member in members:
        member.kill()


async def keepers(url: str) -> list[ClusterInfo]:
    """Who keeps each of our streams."""
    async with await nats.connect(url) as client:
        js = client.jetstream()
        return [(await js.stream_info(name)).cluster or ClusterInfo() for name in STREAMS]


async def asked_for(url: str) -> list[int | None]:
    """How many servers each of our streams is to be kept by."""
    async with await nats.connect(url) as client:
        js = client.jetstream()
        return [(await js.stream_info(name)).config.num_replicas for name in STREAMS]


def complete(keeper: ClusterInfo) -> int:
    """How many servers have all of a stream."""
    return 1 + sum(bool(peer.current) for peer in keeper.replicas or [])


async def until_kept_by(count: int, url: str) -> None:
    found = list[int]()
    async with asyncio.timeout(120):
        while found != [count] * len(STREAMS):
            await asyncio.sleep(0.1)
            with suppress(nats.errors.Error):  # while a stream has no leader
                found = [complete(one) for one in await keepers(url)]


async def publish_surely(bus: JetStreamBus, sent: Message) -> None:
    """As the relay does: the same id until the bus says that it is safe."""
    while True:
        try:
            return await bus.publish(sent)
        except (nats.errors.Error, TimeoutError):
            await asyncio.sleep(0.1)


async def until_parked(url: str) -> None:
    """Until there is one dead letter: that of "killer"."""
    async with asyncio.timeout(120):
        letters: list[DeadLetter] = []
        while not letters:
            with suppress(Unavailable):
                letters = await asyncio.to_thread(DeadLetters(url).all)
            await asyncio.sleep(0.2)
    assert [letter.event_id for letter in letters] == ["killer"]


async def leader(members: list[Member]) -> Member:
    name = (await keepers(members[0].url))[0].leader
    return next(member for member in members if member.name == name)


def test_a_stream_of_one_server_becomes_one_of_three_and_loses_nothing(
    members: list[Member],
) -> None:
    listener = Listener()

    async def story() -> None:
        async with connected(members[0].url) as bus:
            await bus.publish(message("1"))
        async with connected(members[1].url, replicas=3) as bus:
            await until_kept_by(3, members[1].url)
            async with consuming(bus, "tickets", listener):
                await until(lambda: listener.heard)

    asyncio.run(story())
    assert listener.ids == ["1"]


def test_a_stream_of_three_servers_stays_so_whoever_asks_for_less(members: list[Member]) -> None:
    async def story() -> None:
        async with connected(members[0].url, replicas=3):
            await until_kept_by(3, members[0].url)
        async with connected(members[1].url):
            assert await asked_for(members[1].url) == [3] * len(STREAMS)

    asyncio.run(story())


def test_a_consumer_outlives_the_server_that_leads_and_misses_nothing(
    members: list[Member],
) -> None:
    listener = Listener()

    async def story() -> None:
        async with connected(members[0].url, replicas=3) as bus:
            await until_kept_by(3, members[0].url)
            async with consuming(bus, "tickets", listener):
                await bus.publish(message("1"))
                await until(lambda: listener.has(1))
                (await leader(members)).kill()
                await publish_surely(bus, message("2"))
                await until(lambda: "2" in listener.ids)

    asyncio.run(story())


def test_what_nobody_answers_becomes_a_dead_letter_though_its_leader_was_lost_meanwhile(
    members: list[Member],
) -> None:
    asked = Listener()

    @asynccontextmanager
    async def working(bus: JetStreamBus) -> AsyncIterator[None]:
        stop = asyncio.Event()
        worker = asyncio.create_task(live(bus, "tickets", asked, stop))
        yield
        stop.set()
        await worker

    async def story() -> None:
        bus = JetStreamBus(members[0].url, "ticketing", "tests", replicas=3, ack_wait=0.5)
        await bus.connect()
        await until_kept_by(3, members[0].url)
        await publish_surely(bus, message("killer"))
        async with working(bus):
            await until(lambda: asked.has(3))
        lost = await leader(members)
        lost.kill()
        left = next(member.url for member in members if member is not lost)
        await until_kept_by(2, left)
        async with working(bus):
            await until_parked(left)
        await bus.close()

    asyncio.run(story())
