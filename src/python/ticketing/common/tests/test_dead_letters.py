"""What an operator can do with dead letters."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import nats
import pytest

from ticketing.common.core.errors import NotFound, Refused, Unavailable
from ticketing.common.messaging.bus import Done, Message, Park, Verdict
from ticketing.common.messaging.dead_letters import DeadLetters
from ticketing.common.testing.servers import eventually, free_port
from ticketing.common.tests.buses import Listener, connected, consuming, message


@pytest.fixture()
def letters(nats_url: str) -> DeadLetters:
    """Where tickets gave up "1" and "2", and payments "2"."""
    asyncio.run(_give_up(nats_url))
    letters = DeadLetters(nats_url)
    eventually(lambda: len(letters.all()) == 3)
    return letters


async def _give_up(url: str) -> None:
    def judge(message: Message) -> Verdict:
        return Park(f"cannot  bear\n{message.id}") if message.id in "12" else Done()

    tickets = Listener(judge)
    payments = Listener(lambda message: Done() if message.id == "1" else judge(message))
    async with (
        connected(url) as bus,
        consuming(bus, "tickets", tickets),
        consuming(bus, "payments", payments),
    ):
        await bus.publish(message("1", body=b'{"a": 1}', correlation_id="c-1"))
        await bus.publish(message("2", "order.cancelled"))
        while not (tickets.has(2) and payments.has(2)):
            await asyncio.sleep(0.01)


def test_they_are_listed_oldest_first(letters: DeadLetters) -> None:
    found = letters.all()
    assert [one.number for one in found] == [1, 2, 3]
    assert sorted((one.consumer, one.event_id) for one in found) == [
        ("payments", "2"),
        ("tickets", "1"),
        ("tickets", "2"),
    ]


def test_those_of_one_consumer_are_listed_and_no_more_than_asked_for(letters: DeadLetters) -> None:
    assert [one.event_id for one in letters.all("tickets")] == ["1", "2"]
    assert [one.event_id for one in letters.all("tickets", limit=1)] == ["1"]
    assert letters.all("orders") == []


def test_a_letter_tells_all_there_is_to_know(letters: DeadLetters) -> None:
    first, _ = letters.all("tickets")
    same = letters.get(first.number)
    assert replace(same, parked_at=first.parked_at) == first
    assert abs(same.parked_at - first.parked_at) < timedelta(milliseconds=1)
    assert (first.subject, first.body, first.correlation_id) == (
        "order.created",
        b'{"a": 1}',
        "c-1",
    )
    assert (first.reason, first.tries) == ("cannot bear 1", 1)
    assert abs(datetime.now(UTC) - first.parked_at) < timedelta(seconds=30)
    assert first.headers["Event-Id"] == "1"


def test_what_is_dropped_is_gone(letters: DeadLetters) -> None:
    first, second = letters.all("tickets")
    letters.drop(first.number)
    assert letters.all("tickets") == [second]
    with pytest.raises(NotFound):
        letters.get(first.number)
    with pytest.raises(NotFound):
        letters.drop(first.number)


def test_a_replayed_letter_is_gone_and_cannot_be_replayed_again(letters: DeadLetters) -> None:
    first, second = letters.all("tickets")
    letters.replay(first.number)
    assert letters.all("tickets") == [second]
    with pytest.raises(NotFound):
        letters.replay(first.number)


@pytest.mark.parametrize("number", [-1, 0, 99])
def test_there_is_no_such_letter(letters: DeadLetters, number: int) -> None:
    with pytest.raises(NotFound):
        letters.get(number)


def test_a_letter_of_a_consumer_that_is_gone_stays(letters: DeadLetters, nats_url: str) -> None:
    async def forget() -> None:
        client = await nats.connect(nats_url)
        await client.jetstream().delete_consumer("TICKETING", "tickets")
        await client.close()

    asyncio.run(forget())
    first, second = letters.all("tickets")
    with pytest.raises(Refused):
        letters.replay(first.number)
    assert letters.all("tickets") == [first, second]


def test_a_broker_that_no_worker_has_seen_holds_none(nats_url: str) -> None:
    assert DeadLetters(nats_url).all() == []
    with pytest.raises(NotFound):
        DeadLetters(nats_url).get(1)


def test_a_broker_out_of_reach_is_told_from_an_empty_one() -> None:
    port = free_port()
    with pytest.raises(Unavailable, match=f"^No answer from the broker at 127.0.0.1:{port}$"):
        DeadLetters(f"nats://somebody:secret@127.0.0.1:{port}").all()


@pytest.mark.parametrize("consumer", ["a b", "", "*", "a.b", ">"])
def test_what_no_consumer_can_be_called_has_no_letters(letters: DeadLetters, consumer: str) -> None:
    assert letters.all(consumer) == []


@pytest.mark.parametrize("subject", ["dead.TICKETING.stray", "dead.TICKETING.tickets.again.x"])
def test_a_letter_of_nobody_we_know_is_shown_and_dropped(
    letters: DeadLetters, nats_url: str, subject: str
) -> None:
    async def publish() -> None:
        client = await nats.connect(nats_url)
        await client.jetstream().publish(subject, b"\xff", headers={"Tries": "many"})
        await client.close()

    asyncio.run(publish())
    *_, stray = letters.all()
    assert (stray.number, stray.event_id, stray.tries, stray.reason) == (4, "4", 0, "")
    assert letters.get(4).consumer == subject.split(".")[2]
    letters.drop(4)
    assert len(letters.all()) == 3


def test_a_letter_that_does_not_say_what_it_was_cannot_be_replayed(
    letters: DeadLetters, nats_url: str
) -> None:
    async def publish() -> None:
        client = await nats.connect(nats_url)
        await client.jetstream().publish("dead.TICKETING.tickets", b"")
        await client.close()

    asyncio.run(publish())
    with pytest.raises(Refused, match="can only be dropped"):
        letters.replay(4)
