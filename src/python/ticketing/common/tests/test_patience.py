"""Messages that wait, fail or kill their worker: who waits for them, and what becomes of them."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, Message, Park, Verdict
from ticketing.common.tests.buses import (
    BusStand,
    JetStreamStand,
    Listener,
    MemoryStand,
    consuming,
    live,
    message,
    until,
    until_parked,
)

ACK_WAIT = 0.4


@pytest.fixture(params=["memory", "jetstream"])
def hasty_stand(request: pytest.FixtureRequest) -> BusStand:
    """A bus that soon gives the messages of a dead worker to another."""
    if request.param == "memory":
        return MemoryStand()
    return JetStreamStand(request.getfixturevalue("nats_server").url, ack_wait=ACK_WAIT)


def gives_up(message: Message) -> Verdict:
    """As a handler's bug does, quickly."""
    if message.id != "bad":
        return Done()
    return Again(0.02) if message.tries < MAX_TRIES else Park("broken")


def test_what_must_wait_waits_without_end_and_nobody_else_hears_of_it(bus_stand: BusStand) -> None:
    patient = Listener(lambda message: Again(0.02) if message.tries < 40 else Done())
    other = Listener()

    async def story() -> None:
        async with (
            bus_stand.open() as bus,
            consuming(bus, "tickets", patient),
            consuming(bus, "payments", other),
        ):
            await bus.publish(message("1", correlation_id="c-1"))
            await until(lambda: patient.has(20) and patient.heard[-1].tries >= 40)
            await asyncio.sleep(0.3)
            assert await bus_stand.parked() == []

    asyncio.run(story())
    tries = [one.tries for one in patient.heard]
    assert tries == sorted(tries)
    assert tries[-1] == 40
    assert {(one.id, one.subject, one.correlation_id) for one in patient.heard} == {
        ("1", "order.created", "c-1")
    }
    assert other.ids == ["1"]


def test_a_long_wait_keeps_its_delays(bus_stand: BusStand) -> None:
    moments = list[float]()

    def later(_: Message) -> Verdict:
        moments.append(asyncio.get_running_loop().time())
        return Again(0.2)

    async def story() -> None:
        async with bus_stand.open() as bus, consuming(bus, "tickets", Listener(later)):
            await bus.publish(message("1"))
            await until(lambda: len(moments) >= 12)

    asyncio.run(story())
    assert all(later - earlier > 0.17 for earlier, later in pairwise(moments))


def test_what_keeps_failing_is_parked_with_all_its_tries(bus_stand: BusStand) -> None:
    listener = Listener(gives_up)

    async def story() -> None:
        async with bus_stand.open() as bus, consuming(bus, "tickets", listener):
            await bus.publish(message("bad"))
            parked = await until_parked(bus_stand)
            await asyncio.sleep(0.3)  # in which it could come again
            assert (parked.message.id, parked.message.tries) == ("bad", MAX_TRIES)

    asyncio.run(story())
    assert [one.tries for one in listener.heard] == list(range(1, MAX_TRIES + 1))


def test_what_kills_its_worker_is_parked_and_what_is_behind_it_is_handled_meanwhile(
    hasty_stand: BusStand,
) -> None:
    listener, stop = Listener(), asyncio.Event()
    behind = {str(number) for number in range(20)}

    async def story() -> None:
        async with hasty_stand.open() as bus:
            await bus.publish(message("killer", body=b"it", correlation_id="c-1"))
            for id in behind:
                await bus.publish(message(id))
            worker = asyncio.create_task(live(bus, "tickets", listener, stop))
            await until(lambda: behind <= set(listener.ids))
            parked = await until_parked(hasty_stand)
            stop.set()
            await worker
        killer = message("killer", body=b"it", correlation_id="c-1")
        assert (parked.consumer, parked.message) == ("tickets", replace(killer, tries=MAX_TRIES))
        assert "given up" in parked.reason

    asyncio.run(story())
    assert listener.ids.count("killer") == MAX_TRIES
    waited = max(listener.ids.index(id) for id in behind)
    assert listener.ids[:waited].count("killer") < MAX_TRIES / 2


def test_a_replay_reaches_only_the_consumer_that_gave_up_and_is_as_good_as_new(
    bus_stand: BusStand,
) -> None:
    fixed = asyncio.Event()
    tickets = Listener(lambda _: Done() if fixed.is_set() else Park("a bug"))
    payments = Listener()

    async def story() -> None:
        async with (
            bus_stand.open() as bus,
            consuming(bus, "tickets", tickets),
            consuming(bus, "payments", payments),
        ):
            await bus.publish(message("1", body=b"whole", correlation_id="c-1"))
            await until(lambda: payments.heard)
            await until_parked(bus_stand)
            fixed.set()
            await bus_stand.replay()
            await until(lambda: tickets.has(2))
            await asyncio.sleep(0.3)
            assert await bus_stand.parked() == []

    asyncio.run(story())
    assert tickets.heard == [message("1", body=b"whole", correlation_id="c-1")] * 2
    assert payments.ids == ["1"]


def test_what_fails_again_after_a_replay_is_parked_again(bus_stand: BusStand) -> None:
    listener = Listener(lambda _: Park("still a bug"))

    async def story() -> None:
        async with bus_stand.open() as bus, consuming(bus, "tickets", listener):
            await bus.publish(message("1"))
            for count in (1, 2, 3):
                parked = await until_parked(bus_stand)
                assert len(listener.heard) == count
                assert (parked.message.id, parked.reason) == ("1", "still a bug")
                await bus_stand.replay()

    asyncio.run(story())
