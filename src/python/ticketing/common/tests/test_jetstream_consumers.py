"""What a durable consumer on a real server keeps: its subjects, its pace, and itself."""

import asyncio

import nats
import pytest

from ticketing.common.messaging.bus import Again, Done, Message, Verdict
from ticketing.common.tests.buses import (
    JetStreamStand,
    Listener,
    connected,
    consuming,
    message,
    until,
)

OLDER, NEWER = ["order.created"], ["order.created", "order.completed"]


def test_a_consumer_can_take_up_more_subjects_later(nats_url: str) -> None:
    before, after = Listener(), Listener()

    async def story() -> None:
        async with JetStreamStand(nats_url).open() as bus:
            async with consuming(bus, "tickets", before, ["order.created"]):
                await bus.publish(message("1"))
                await until(lambda: before.heard)
            await bus.publish(message("2", "order.completed"))
            async with consuming(bus, "tickets", after, ["order.created", "order.completed"]):
                await until(lambda: after.heard)

    asyncio.run(story())
    assert (before.ids, after.ids) == (["1"], ["2"])


def test_an_older_version_that_joins_loses_nothing_that_a_newer_one_wants(nats_url: str) -> None:
    def as_older(message: Message) -> Verdict:
        return Done() if message.subject in OLDER else Again(0.1)

    older, newer = Listener(as_older), Listener()

    async def story() -> None:
        async with JetStreamStand(nats_url).open() as bus:
            async with consuming(bus, "tickets", newer, NEWER):
                await bus.publish(message("1", "order.completed"))
                await until(lambda: newer.heard)
            async with consuming(bus, "tickets", older, OLDER):
                await bus.publish(message("2", "order.completed"))
                await bus.publish(message("3", "order.created"))
                await until(lambda: "3" in older.ids)
            async with consuming(bus, "tickets", newer, NEWER):
                await until(lambda: "2" in newer.ids)

    asyncio.run(story())


def test_however_many_wait_for_a_later_try_new_ones_still_come(nats_url: str) -> None:
    many = [f"waits {number}" for number in range(1005)]
    listener = Listener(lambda message: Done() if message.id == "new" else Again(60))

    async def story() -> None:
        async with JetStreamStand(nats_url).open() as bus:
            await asyncio.gather(*(bus.publish(message(id)) for id in many))
            async with consuming(bus, "tickets", listener):
                await until(lambda: listener.has(1000))
                await bus.publish(message("new"))
                await until(lambda: "new" in listener.ids)

    asyncio.run(story())
    assert sorted(listener.ids) == sorted([*many, "new"])


async def _delete(url: str, *, only_the_consumer: bool) -> None:
    client = await nats.connect(url)
    js = client.jetstream()
    if only_the_consumer:
        await js.delete_consumer("TICKETING", "tickets")
    else:
        await js.delete_stream("TICKETING")
    await client.close()


@pytest.mark.parametrize("only_the_consumer", [True, False])
def test_a_consumer_whose_server_lost_it_joins_again(
    nats_url: str, only_the_consumer: bool
) -> None:
    listener = Listener()

    async def story() -> None:
        async with JetStreamStand(nats_url).open() as bus, consuming(bus, "tickets", listener):
            await bus.publish(message("1"))
            await until(lambda: "1" in listener.ids)
            await _delete(nats_url, only_the_consumer=only_the_consumer)
            async with connected(nats_url) as publisher:
                await publisher.publish(message("2"))
                await until(lambda: "2" in listener.ids)

    asyncio.run(story())
