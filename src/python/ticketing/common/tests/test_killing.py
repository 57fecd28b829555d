"""A message that kills real worker processes: it is parked, and nothing else waits for it."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from ticketing.common.messaging.bus import MAX_TRIES
from ticketing.common.messaging.dead_letters import DeadLetters
from ticketing.common.testing.processes import Process, Start
from ticketing.common.testing.servers import eventually
from ticketing.common.tests.mortal import ACK_WAIT, DEADLY
from ticketing.common.tests.sample import Notes, build

MORTAL = ("-m", "ticketing.common.tests.mortal")


@pytest.fixture()
def notes(mongo_uri: str) -> Iterator[Notes]:
    service = build({"MONGO_URI": mongo_uri})
    service.prepare()
    yield service.use_cases
    service.close()


def heard(notes: Notes, id: str) -> dict[str, Any]:
    return notes.heard.documents.find_one({"_id": id}) or {}


def heard_all(notes: Notes, ids: list[str]) -> bool:
    return notes.heard.documents.count_documents({"_id": {"$in": ids}, "ended": True}) == len(ids)


def test_a_message_that_kills_every_worker_is_parked_and_nothing_waits_for_it(
    start: Start, mongo_uri: str, nats_url: str, notes: Notes
) -> None:
    """Those that were in hand with it wait until its first death is noticed, and no longer."""
    others = [f"{number}" for number in range(120)]
    for id in others[:60]:
        notes.write(id)
    notes.write("killer", seconds=DEADLY)
    for id in others[60:]:
        notes.write(id)
    env = {"MONGO_URI": mongo_uri, "NATS_URL": nats_url, "program": MORTAL}
    workers = [start("worker", **env), start("worker", **env)]
    letters = DeadLetters(nats_url)
    eventually(lambda: heard_all(notes, others))
    assert letters.all() == [], "while it was still tried, the others were handled"
    (letter,) = eventually(letters.all, within=5 * MAX_TRIES * ACK_WAIT)
    assert (letter.consumer, letter.event_id) == ("sample", "killer-0")
    assert (letter.subject, letter.tries) == ("payment.rejected", MAX_TRIES)
    assert b'"killer"' in letter.body
    assert "died" in letter.reason
    killed = sum(len(worker.records("killed")) for worker in workers)
    assert killed == MAX_TRIES
    notes.write("after")
    eventually(lambda: heard(notes, "after").get("ended"))
    assert [worker.ready().stop()[0] for worker in workers] == [0, 0]


def test_a_worker_that_is_killed_or_frozen_with_innocent_messages_in_hand_parks_none(
    start: Start, mongo_uri: str, nats_url: str, notes: Notes
) -> None:
    env = {"MONGO_URI": mongo_uri, "NATS_URL": nats_url, "program": MORTAL}
    parent = start("worker", **env).ready()
    ids = [f"slow {number}" for number in range(30)]
    for id in ids:
        notes.write(id, seconds="0.1")
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGKILL):
        time.sleep(0.7)
        (worker,) = workers_of(parent)
        os.kill(worker, number)
        if number == signal.SIGSTOP:
            time.sleep(1.5 * ACK_WAIT)
            os.kill(worker, signal.SIGCONT)
    eventually(lambda: heard_all(notes, ids))
    assert DeadLetters(nats_url).all() == []
    assert parent.stop()[0] == 0


def workers_of(parent: Process) -> list[int]:
    """The process ids of the workers that a parent has now."""
    return eventually(lambda: [one.pid for one in _living(parent)])


def _living(parent: Process) -> list[psutil.Process]:
    return [one for one in parent.children() if one.status() != psutil.STATUS_ZOMBIE]
