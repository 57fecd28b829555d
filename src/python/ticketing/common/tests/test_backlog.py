"""Workers with very much before them: what they hold of it, and how they share it."""

import asyncio
import signal
from collections.abc import Iterator

import msgspec
import pytest

from ticketing.common.core.clock import utc_now
from ticketing.common.core.events import PaymentRejected
from ticketing.common.messaging.bus import Done, Message, Verdict
from ticketing.common.messaging.subscription import LARGEST
from ticketing.common.testing.processes import Process, Start
from ticketing.common.testing.servers import eventually
from ticketing.common.tests.buses import (
    JetStreamStand,
    connected,
    consuming,
    message,
    raw_client,
    until,
)
from ticketing.common.tests.sample import Notes, build

WRITTEN, TOLD = 10_000, 5_000
"""Events that wait in outboxes, and in the stream."""
ALL_OF_IT = 30_000_000
"""Bytes that a worker would hold at least that took all of it at once, on either side."""


@pytest.fixture()
def notes(mongo_uri: str) -> Iterator[Notes]:
    service = build({"MONGO_URI": mongo_uri})
    service.prepare()
    yield service.use_cases
    service.close()


def news(id: str) -> bytes:
    """A large event; hearing of it takes a moment on any machine."""
    padding = "0.001".ljust(1000, "0")  # seconds
    event = PaymentRejected(
        id=id, occurred_at=utc_now(), payment_id=id, order_id=id, reason=padding
    )
    return msgspec.json.encode(event)


def fill_outboxes(notes: Notes) -> None:
    def entry(id: str) -> dict[str, object]:
        body = news(id).decode()
        about = {"id": id, "subject": "payment.rejected", "correlationId": id}
        return {**about, "occurredAt": utc_now(), "body": body}

    for start in range(0, WRITTEN, 1000):
        ids = [f"written {number}" for number in range(start, start + 1000)]
        documents = [{"_id": id, "version": 0, "outbox": [entry(id)]} for id in ids]
        notes.written.documents.insert_many(documents, ordered=False)


async def fill_stream(url: str) -> None:
    async with connected(url) as bus:
        for start in range(0, TOLD, 500):
            ids = [f"told {number}" for number in range(start, start + 500)]
            await asyncio.gather(
                *(bus.publish(message(id, "payment.rejected", body=news(id))) for id in ids)
            )


def peak(worker: Process, notes: Notes, handled: int) -> int:
    """The most bytes that it holds until it has handled so many events, and relayed some."""
    held, outboxes = list[int](), notes.written.documents

    def is_enough() -> bool:
        held.append(worker.memory())
        if len(worker.records("event handled")) < handled:
            return False
        return outboxes.count_documents({"outbox.id": {"$exists": True}}) < WRITTEN

    eventually(is_enough, within=300)
    return max(held)


def test_a_worker_holds_little_of_what_waits_in_outboxes_and_stream(
    start: Start, mongo_uri: str, nats_url: str, notes: Notes
) -> None:
    worker = start("worker", MONGO_URI=mongo_uri, NATS_URL=nats_url).ready()
    notes.write("first")
    eventually(lambda: worker.records("event handled"))
    before = worker.memory()
    worker.send(signal.SIGSTOP)  # however slowly it is filled here, it all waits
    fill_outboxes(notes)
    asyncio.run(fill_stream(nats_url))
    worker.send(signal.SIGCONT)
    grown = peak(worker, notes, handled=TOLD // 10) - before
    assert len(worker.records("event handled")) < TOLD, "it is still behind"
    assert grown < ALL_OF_IT * 0.8, grown


def test_a_consumer_has_no_more_in_hand_than_its_largest_batch(nats_url: str) -> None:
    heard: list[str] = []
    looked = asyncio.Event()

    async def handle(message: Message) -> Verdict:
        heard.append(message.id)
        if len(heard) == 700:
            await looked.wait()
        return Done()

    async def story() -> int:
        async with JetStreamStand(nats_url).open() as bus, raw_client(nats_url) as client:
            await asyncio.gather(*(bus.publish(message(str(number))) for number in range(2000)))
            async with consuming(bus, "tickets", handle):
                await until(lambda: len(heard) == 700)
                state = await client.jetstream().consumer_info("TICKETING", "tickets")
                looked.set()
        return state.num_ack_pending or 0

    assert 0 < asyncio.run(story()) <= LARGEST


def test_two_workers_share_what_waits_and_none_of_it_is_handled_twice(
    start: Start, mongo_uri: str, nats_url: str, notes: Notes
) -> None:
    workers = [start("worker", MONGO_URI=mongo_uri, NATS_URL=nats_url) for _ in range(2)]
    eventually(lambda: all(worker.records("working") for worker in workers))
    ids = [f"{number}" for number in range(200)]
    for id in ids:
        notes.write(id, seconds="0.05")

    def handled() -> list[list[str]]:
        return [[one["event_id"] for one in worker.records("event handled")] for worker in workers]

    eventually(lambda: sum(map(len, handled())) >= len(ids), within=300)
    one, other = handled()
    assert sorted(one + other) == sorted(f"{id}-0" for id in ids)
    assert min(len(one), len(other)) > len(ids) / 4
    assert [worker.stop()[0] for worker in workers] == [0, 0]
