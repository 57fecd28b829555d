"""What a consumer on a server has in hand together: never two that may have killed a worker."""

import asyncio
from collections.abc import Awaitable, Callable

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, Message, Verdict
from ticketing.common.messaging.in_flight import InFlight, deliveries
from ticketing.common.tests.buses import (
    SUBJECTS,
    JetStreamStand,
    Listener,
    consuming,
    message,
    raw_client,
    until,
)

ACK_WAIT = 2.0
"""Seconds: more than the tests need between taking a message in hand and its answer."""
Story = Callable[[JetStreamContext.PullSubscription], Awaitable[None]]


def ids(messages: list[Msg]) -> list[str]:
    return [(raw.headers or {})["Nats-Msg-Id"] for raw in messages]


async def taken(pull: JetStreamContext.PullSubscription, count: int) -> list[Msg]:
    """So many messages, in one hand."""
    found = list[Msg]()
    while len(found) < count:
        found += await pull.fetch(count - len(found), timeout=60)
    return found


async def all_of(in_flight: InFlight) -> list[Msg]:
    found = []
    while (raw := await in_flight.next()) is not None:
        found.append(raw)
        await raw.ack()
    return found


def play(url: str, story: Story) -> None:
    """Let six messages wait for a consumer, which the story plays."""

    async def run() -> None:
        async with JetStreamStand(url).open() as bus, raw_client(url) as client:
            for number in range(6):
                await bus.publish(message(str(number)))
            js = client.jetstream()
            config = ConsumerConfig(ack_wait=ACK_WAIT, filter_subjects=SUBJECTS)
            await story(await js.pull_subscribe("", "tickets", "TICKETING", config=config))

    asyncio.run(run())


def test_what_is_new_is_handled_in_its_order(nats_url: str) -> None:
    async def story(pull: JetStreamContext.PullSubscription) -> None:
        in_flight = InFlight(await taken(pull, 6))
        assert ids(await all_of(in_flight)) == ["0", "1", "2", "3", "4", "5"]

    play(nats_url, story)


def test_what_came_before_is_handled_after_the_new_and_alone(nats_url: str) -> None:
    async def story(pull: JetStreamContext.PullSubscription) -> None:
        assert ids(await taken(pull, 3)) == ["0", "1", "2"]
        await asyncio.sleep(ACK_WAIT * 1.2)
        together = await taken(pull, 6)
        assert sorted(ids(together)) == ["0", "1", "2", "3", "4", "5"]
        assert ids(await all_of(InFlight(together))) == ["3", "4", "5", "0"]
        others = await taken(pull, 2)
        assert sorted(ids(others)) == ["1", "2"], "given back, not kept from other workers"

    play(nats_url, story)


def test_what_the_broker_would_soon_give_up_is_handled_instead_of_given_back(
    nats_url: str,
) -> None:
    async def story(pull: JetStreamContext.PullSubscription) -> None:
        near = list[Msg]()
        while len(near) < 6:
            for raw in await pull.fetch(6, timeout=60):
                if deliveries(raw) == MAX_TRIES - 1:
                    near.append(raw)
                else:
                    await raw.nak()
        assert len(await all_of(InFlight(near))) == 6

    play(nats_url, story)


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
