"""What only the bus on a real server can show: what it keeps, and how it recovers."""

import asyncio
from contextlib import suppress

import nats

from ticketing.common.messaging.bus import Done, Message, Park
from ticketing.common.messaging.jetstream import JetStreamBus
from ticketing.common.testing.servers import NatsServer
from ticketing.common.tests.buses import (
    SUBJECTS,
    JetStreamStand,
    Listener,
    connected,
    consuming,
    message,
    until,
)


def in_reach(bus: JetStreamBus) -> bool:
    with suppress(ConnectionError):
        bus.check()
        return True
    return False


def test_messages_published_before_the_consumer_existed_arrive(nats_url: str) -> None:
    listener = Listener()

    async def story() -> None:
        async with JetStreamStand(nats_url).open() as bus:
            for id in ("1", "2", "3"):
                await bus.publish(message(id))
            async with consuming(bus, "late", listener):
                await until(lambda: len(listener.heard) == 3)

    asyncio.run(story())
    assert listener.ids == ["1", "2", "3"]


def test_connecting_where_the_streams_exist_keeps_what_they_hold(nats_url: str) -> None:
    listener = Listener()

    async def story() -> None:
        async with connected(nats_url) as bus:
            await bus.publish(message("1"))
        async with (
            JetStreamStand(nats_url).open() as bus,
            consuming(bus, "tickets", listener),
        ):
            await until(lambda: listener.heard)

    asyncio.run(story())
    assert listener.ids == ["1"]


def test_a_message_in_hand_stays_in_hand_however_long_it_takes(nats_url: str) -> None:
    heard, handled = list[str](), list[str]()

    async def slow(message: Message) -> Done:
        heard.append(message.id)
        await asyncio.sleep(5)
        handled.append(message.id)
        return Done()

    async def story() -> None:
        async with JetStreamStand(nats_url, ack_wait=2).open() as bus:
            await bus.publish(message("1"))
            async with consuming(bus, "tickets", slow), consuming(bus, "tickets", slow):
                await until(lambda: handled)

    asyncio.run(story())
    assert heard == handled == ["1"]


def test_a_message_of_a_worker_that_dies_soon_goes_to_another(nats_url: str) -> None:
    listener = Listener()
    taken = asyncio.Event()

    async def dies(_: Message) -> Done:
        taken.set()
        await asyncio.Event().wait()
        return Done()

    async def story() -> None:
        async with JetStreamStand(nats_url, ack_wait=1).open() as bus:
            await bus.publish(message("1"))
            consume = bus.consume("tickets", SUBJECTS, dies, asyncio.Event())
            worker = asyncio.create_task(consume)
            await taken.wait()
            worker.cancel()
            async with consuming(bus, "tickets", listener):
                await until(lambda: listener.heard)

    asyncio.run(story())
    assert [(one.id, one.tries) for one in listener.heard] == [("1", 1)], "it got no answer"


def test_the_server_knows_of_everything_that_was_handled_or_given_up(nats_url: str) -> None:
    listener = Listener(lambda message: Park("no") if message.id == "7" else Done())

    async def story() -> None:
        async with JetStreamStand(nats_url).open() as bus:
            async with consuming(bus, "tickets", listener):
                for number in range(30):
                    await bus.publish(message(str(number)))
                await until(lambda: len(listener.heard) == 30)
            client = await nats.connect(nats_url)
            state = await client.jetstream().consumer_info("TICKETING", "tickets")
            await client.close()
        assert (state.num_pending, state.num_ack_pending) == (0, 0)

    asyncio.run(story())


def test_a_killed_server_that_comes_back_costs_nothing_that_was_acknowledged(
    own_nats: NatsServer,
) -> None:
    own_nats.start()
    listener, safe = Listener(), list[str]()
    ids = [str(number) for number in range(300)]

    async def publish_surely(bus: JetStreamBus, sent: Message) -> None:
        """As the relay does: the same id until the bus says that it is safe."""
        while True:
            try:
                await bus.publish(sent)
                safe.append(sent.id)
                return
            except (nats.errors.Error, TimeoutError):
                await asyncio.sleep(0.1)

    async def story() -> None:
        async with connected(own_nats.url) as bus, connected(own_nats.url) as other:
            async with consuming(other, "tickets", listener):
                await asyncio.gather(*(publish_surely(bus, message(id)) for id in ids[:100]))
                later = asyncio.gather(*(publish_surely(bus, message(id)) for id in ids[100:]))
                await asyncio.sleep(0)
                own_nats.kill()
                own_nats.start()
                await later
                await until(lambda: set(safe) <= set(listener.ids))
            bus.check()
            other.check()

    asyncio.run(story())
    assert sorted(safe) == sorted(ids)


def test_a_consumer_waits_out_a_server_that_stays_away(own_nats: NatsServer) -> None:
    own_nats.start()
    listener = Listener()

    async def story() -> None:
        async with connected(own_nats.url) as bus, consuming(bus, "tickets", listener):
            await bus.publish(message("1"))
            await until(lambda: listener.heard)
            own_nats.kill()
            await until(lambda: not in_reach(bus))
            await asyncio.sleep(0.7)
            own_nats.start()
            await until(lambda: in_reach(bus))
            await bus.publish(message("2"))
            await until(lambda: "2" in listener.ids)

    asyncio.run(story())


def test_a_consumer_stops_also_while_the_server_is_away(own_nats: NatsServer) -> None:
    own_nats.start()

    async def story() -> None:
        async with connected(own_nats.url) as bus, consuming(bus, "tickets", Listener()) as stop:
            await asyncio.sleep(0.2)
            own_nats.kill()
            await until(lambda: not in_reach(bus))
            stop.set()

    asyncio.run(story())


def test_a_consumer_begins_once_a_server_that_went_away_is_back(own_nats: NatsServer) -> None:
    own_nats.start()
    listener = Listener()

    async def story() -> None:
        async with connected(own_nats.url) as bus:
            own_nats.kill()
            await until(lambda: not in_reach(bus))
            async with consuming(bus, "tickets", listener):
                await asyncio.sleep(0.3)
                own_nats.start()
                await until(lambda: in_reach(bus))
                await bus.publish(message("1"))
                await until(lambda: listener.heard)

    asyncio.run(story())
    assert listener.ids == ["1"]
