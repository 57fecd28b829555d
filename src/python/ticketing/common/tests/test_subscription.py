"""What a worker has in hand of a consumer on a server, and how often each message is delivered."""

import asyncio

from nats.js.api import ConsumerConfig

from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, Message, Verdict
from ticketing.common.tests.buses import (
    SUBJECTS,
    JetStreamStand,
    Killed,
    Listener,
    consuming,
    live,
    message,
    raw_client,
    until,
    until_parked,
)

ACK_WAIT = 2.0
"""Seconds: more than the tests need between taking a message in hand and its answer."""


def test_a_stop_gives_back_at_once_what_waits_in_hand(nats_url: str) -> None:
    before, after, stop = Listener(), Listener(), asyncio.Event()

    def stop_within_a_batch(_: Message) -> Verdict:
        if before.has(40):
            stop.set()
        return Done()

    before.answer = stop_within_a_batch

    async def story() -> None:
        async with JetStreamStand(nats_url, ack_wait=3600).open() as bus:
            await asyncio.gather(*(bus.publish(message(str(number))) for number in range(200)))
            await bus.consume("tickets", SUBJECTS, before, stop)
            async with consuming(bus, "tickets", after):
                await until(lambda: after.has(160))

    asyncio.run(story())
    assert len(before.ids) == 40
    assert sorted(before.ids + after.ids) == sorted(map(str, range(200)))


def test_a_batch_in_hand_stays_in_hand_however_long_it_takes(nats_url: str) -> None:
    quick = 63  # then the next batch is a large one
    heard: list[str] = []

    async def handle(message: Message) -> Verdict:
        heard.append(message.id)
        await asyncio.sleep(0.0 if len(heard) <= quick else 0.1)
        return Done()

    async def story() -> None:
        async with JetStreamStand(nats_url, ack_wait=ACK_WAIT).open() as bus:
            await asyncio.gather(*(bus.publish(message(str(number))) for number in range(100)))
            async with consuming(bus, "tickets", handle):
                await until(lambda: len(heard) > quick)
                async with consuming(bus, "tickets", handle):
                    await until(lambda: len(heard) >= 100)
                    await asyncio.sleep(1.2 * ACK_WAIT)

    asyncio.run(story())
    assert len(heard) == len(set(heard)) == 100


def test_those_that_wait_together_come_again_one_by_one(nats_url: str) -> None:
    listener = Listener(lambda message: Again(0.3) if message.tries == 1 else Done())

    async def story() -> None:
        async with (
            JetStreamStand(nats_url).open() as bus,
            consuming(bus, "tickets", listener),
        ):
            await asyncio.gather(*(bus.publish(message(str(number))) for number in range(60)))
            await until(lambda: listener.has(120))
            await asyncio.sleep(0.3)

    asyncio.run(story())
    assert len(listener.heard) == 120


def test_what_shared_a_batch_with_a_killer_dies_with_it_once_and_the_killer_alone_is_parked(
    nats_url: str,
) -> None:
    """A worker dies with forty messages in hand; another, which takes many at once, gets them."""
    stand, listener, stop = JetStreamStand(nats_url, ack_wait=0.6), Listener(), asyncio.Event()
    many = [f"{number}" for number in range(39)]
    quick = [f"quick {number}" for number in range(300)]  # then batches are the largest

    async def story() -> int:
        async with stand.open() as bus, raw_client(nats_url) as client:
            for id in ("killer", *many, *quick):
                await bus.publish(message(id))
            js = client.jetstream()
            config = ConsumerConfig(ack_wait=0.6, filter_subjects=SUBJECTS)
            pull = await js.pull_subscribe("", "tickets", "TICKETING", config=config)
            assert len(await pull.fetch(40, timeout=60)) == 40
            worker = asyncio.create_task(live(bus, "tickets", listener, stop))
            parked = await until_parked(stand)
            await until(lambda: {*many, *quick} <= set(listener.ids))
            stop.set()
            await worker
            assert (parked.message.id, parked.message.tries) == ("killer", MAX_TRIES)
            info = await js.consumer_info("TICKETING", "tickets")
            assert info.delivered is not None
            return int(info.delivered.consumer_seq)

    delivered = asyncio.run(story())
    assert listener.ids.count("killer") == MAX_TRIES - 1
    assert delivered == len(quick) + 2 * len(many) + MAX_TRIES + 1


def test_tries_and_put_offs_are_not_deaths_and_each_try_gets_as_many_deaths(nats_url: str) -> None:
    """A message that fails at first, and then kills: it does so twelve times as a copy, too."""
    stand, stop, heard = JetStreamStand(nats_url, ack_wait=0.3), asyncio.Event(), list[int]()

    async def handle(message: Message) -> Verdict:
        heard.append(message.tries)
        if message.tries <= 3:
            return Again(0.1)
        raise Killed

    async def story() -> None:
        async with stand.open() as bus:
            await bus.publish(message("1"))
            worker = asyncio.create_task(live(bus, "tickets", handle, stop))
            parked = await until_parked(stand)
            stop.set()
            await worker
            assert parked.message.tries == 3 + MAX_TRIES
            assert "died" in parked.reason

    asyncio.run(story())
    assert heard == [1, 2, 3, *[4] * MAX_TRIES]


def test_what_waits_for_long_is_delivered_twice_at_most_and_nothing_is_left(nats_url: str) -> None:
    listener = Listener(lambda message: Again(0.02) if message.tries < 30 else Done())

    async def story() -> int:
        async with JetStreamStand(nats_url).open() as bus, raw_client(nats_url) as client:
            async with consuming(bus, "tickets", listener):
                await bus.publish(message("1"))
                await until(lambda: listener.has(30))
            js = client.jetstream()
            info = await js.consumer_info("TICKETING", "tickets")
            assert (info.num_pending, info.num_ack_pending) == (0, 0)
            assert info.delivered is not None
            assert info.delivered.consumer_seq == 1 + 29 * 2
            return (await js.stream_info("TICKETING")).state.messages

    assert asyncio.run(story()) == 30


def test_a_copy_that_the_broker_cannot_take_yet_counts_as_no_death(nats_url: str) -> None:
    """The stream is full for longer than twelve deliveries would take."""
    stand = JetStreamStand(nats_url, ack_wait=0.1)
    listener = Listener(lambda message: Done() if message.id == "first" else Again(0.05))

    async def limit(count: int) -> None:
        async with raw_client(nats_url) as client:
            js = client.jetstream()
            config = (await js.stream_info("TICKETING")).config
            await js.update_stream(config, max_msgs=count, discard="new")

    async def story() -> None:
        async with stand.open() as bus, consuming(bus, "tickets", listener):
            await bus.publish(message("first"))
            await until(lambda: listener.heard)
            await limit(2)
            await bus.publish(message("waits"))
            await until(lambda: listener.has(2))
            await asyncio.sleep(3)
            assert listener.ids == ["first", "waits"]
            await limit(-1)
            await until(lambda: listener.has(4))
            assert await stand.parked() == []

    asyncio.run(story())
    assert [one.tries for one in listener.heard[1:4]] == [1, 2, 3]
