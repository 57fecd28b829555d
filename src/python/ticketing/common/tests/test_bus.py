"""What every bus does, in memory and on a real server."""

import asyncio

from ticketing.common.core.errors import NotYet, Refused
from ticketing.common.core.events import ExpirationCompleted
from ticketing.common.messaging.bus import Again, Bus, Done, EventRouter, Message, Park, Verdict
from ticketing.common.tests.buses import SUBJECTS, BusStand, Listener, consuming, message, until

EXPIRATION = (
    b'{"subject":"expiration.completed","id":"e","occurredAt":"2026-01-31T12:00:00Z","orderId":"o"}'
)


async def settled(bus: Bus, listener: Listener) -> None:
    """Return once the listener heard a message that was published after all the others."""
    await bus.publish(message("the last"))
    await until(lambda: "the last" in listener.ids)
    await asyncio.sleep(0.3)


def test_a_published_message_is_delivered_whole(bus_stand: BusStand) -> None:
    sent = message("1", "order.cancelled", body=b'{"a": "\xc3\xa9"}', correlation_id="a b/c=1")
    listener = Listener()

    async def story() -> None:
        async with bus_stand.open() as bus, consuming(bus, "tickets", listener):
            await bus.publish(sent)
            await until(lambda: listener.heard)

    asyncio.run(story())
    assert listener.heard == [sent]


def test_an_id_published_twice_is_delivered_once(bus_stand: BusStand) -> None:
    listener = Listener()

    async def story() -> None:
        async with bus_stand.open() as bus, consuming(bus, "tickets", listener):
            await bus.publish(message("1"))
            await bus.publish(message("1"))
            await settled(bus, listener)

    asyncio.run(story())
    assert listener.ids == ["1", "the last"]


def test_a_consumer_hears_only_its_subjects(bus_stand: BusStand) -> None:
    listener = Listener()

    async def story() -> None:
        async with bus_stand.open() as bus, consuming(bus, "tickets", listener):
            await bus.publish(message("1", "order.completed"))
            await bus.publish(message("2", "ticket.created"))
            await settled(bus, listener)

    asyncio.run(story())
    assert listener.ids == ["the last"]


def test_consumers_of_different_names_each_hear_everything(bus_stand: BusStand) -> None:
    tickets, payments = Listener(), Listener()
    ids = [str(number) for number in range(10)]

    async def story() -> None:
        async with (
            bus_stand.open() as bus,
            consuming(bus, "tickets", tickets),
            consuming(bus, "payments", payments),
        ):
            for id in ids:
                await bus.publish(message(id))
            await until(lambda: len(tickets.heard) + len(payments.heard) >= 20)

    asyncio.run(story())
    assert (sorted(tickets.ids), sorted(payments.ids)) == (ids, ids)


def test_consumers_of_one_name_share_the_messages(bus_stand: BusStand) -> None:
    one, other, sent = Listener(), Listener(), list[str]()

    async def story() -> None:
        async with (
            bus_stand.open() as bus,
            consuming(bus, "tickets", one),
            consuming(bus, "tickets", other),
        ):
            async with asyncio.timeout(60):
                while not (one.has(5) and other.has(5)):
                    sent.append(str(len(sent)))
                    await bus.publish(message(sent[-1]))
                    await asyncio.sleep(0)  # the bus in memory takes no time
            await until(lambda: len(one.heard) + len(other.heard) >= len(sent))
            await asyncio.sleep(0.3)

    asyncio.run(story())
    assert sorted(one.ids + other.ids) == sorted(sent)


def test_what_cannot_be_done_yet_comes_again_soon_and_counts_its_tries(
    bus_stand: BusStand,
) -> None:
    assert handled_by(bus_stand, NotYet("too early"), times=2, tries=3) == [1, 2, 3]


def test_a_handler_that_breaks_gets_another_try(bus_stand: BusStand) -> None:
    assert handled_by(bus_stand, RuntimeError("a bug"), times=1, tries=2) == [1, 2]


def test_what_is_refused_never_comes_again(bus_stand: BusStand) -> None:
    assert handled_by(bus_stand, Refused("never"), times=99, tries=1) == [1]


def handled_by(bus_stand: BusStand, failure: Exception, times: int, tries: int) -> list[int]:
    """The tries at which a handler got a message that it fails `times` times; waits for `tries`."""
    events = EventRouter[list[int]]()

    @events.on(ExpirationCompleted)
    def fail_at_first(_: ExpirationCompleted, calls: list[int]) -> None:
        calls.append(len(calls) + 1)
        if len(calls) <= times:
            raise failure

    calls, seen = list[int](), list[int]()
    handle = events.bind(calls)

    async def noted(message: Message) -> Verdict:
        seen.append(message.tries)
        return await handle(message)

    async def story() -> None:
        async with bus_stand.open() as bus, consuming(bus, "orders", noted, events.subjects):
            await bus.publish(message("e", "expiration.completed", body=EXPIRATION))
            await until(lambda: len(calls) == tries)
            await asyncio.sleep(0.5)

    asyncio.run(story())
    assert seen == calls
    return seen


def test_what_is_given_up_is_parked_with_its_reason_and_never_comes_again(
    bus_stand: BusStand,
) -> None:
    sent = message("1", "order.cancelled", body=b"not even JSON", correlation_id="c-1")
    answers = {"1": Park("ValueError: no\nsuch  thing as é")}
    listener = Listener(lambda message: answers.get(message.id, Done()))

    async def story() -> None:
        async with bus_stand.open() as bus:
            async with consuming(bus, "tickets", listener):
                await bus.publish(sent)
                await settled(bus, listener)
            (parked,) = await bus_stand.parked()
        assert (parked.consumer, parked.message) == ("tickets", sent)
        assert parked.reason.split() == ["ValueError:", "no", "such", "thing", "as", "é"]

    asyncio.run(story())
    assert listener.ids == ["1", "the last"]


def test_a_delay_is_waited_out_while_others_go_on(bus_stand: BusStand) -> None:
    listener = Listener(lambda message: Again(0.5) if message.tries == 1 else Done())

    async def story() -> None:
        async with bus_stand.open() as bus, consuming(bus, "tickets", listener):
            loop = asyncio.get_running_loop()
            start = loop.time()
            await bus.publish(message("1"))
            await bus.publish(message("2"))
            await until(lambda: len(listener.heard) == 4)
            assert loop.time() - start > 0.4

    asyncio.run(story())
    assert [(one.id, one.tries) for one in listener.heard[:2]] == [("1", 1), ("2", 1)]
    assert sorted(listener.ids[2:]) == ["1", "2"]
    assert all(one.tries > 1 for one in listener.heard[2:])


def test_what_was_handled_before_a_stop_does_not_come_again(bus_stand: BusStand) -> None:
    before, after = Listener(), Listener()

    async def story() -> None:
        async with bus_stand.open() as bus:
            async with consuming(bus, "tickets", before):
                await bus.publish(message("1"))
                await until(lambda: before.heard)
            await bus.publish(message("2"))
            async with consuming(bus, "tickets", after):
                await settled(bus, after)

    asyncio.run(story())
    assert (before.ids, after.ids) == (["1"], ["2", "the last"])


def test_a_stop_finishes_the_message_in_hand_and_leaves_the_rest(bus_stand: BusStand) -> None:
    begun, finished, rest = list[str](), list[str](), Listener()
    stopping = asyncio.Event()

    async def slow(message: Message) -> Verdict:
        begun.append(message.id)
        await stopping.wait()
        await asyncio.sleep(0.3)
        finished.append(message.id)
        return Done()

    async def story() -> None:
        async with bus_stand.open() as bus:
            for id in ("1", "2", "3"):
                await bus.publish(message(id))
            async with consuming(bus, "tickets", slow, SUBJECTS) as stop:
                await until(lambda: begun)
                stop.set()
                stopping.set()
            async with consuming(bus, "tickets", rest):
                await until(lambda: len(rest.heard) == 2)

    asyncio.run(story())
    assert begun == finished == ["1"]
    assert sorted(rest.ids) == ["2", "3"]
