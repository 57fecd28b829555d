"""The `worker` command as a real process."""

import asyncio
import socket
import time
from collections.abc import Iterator
from typing import Any

import nats
import pytest

from ticketing.common.messaging.relay import SWEEP
from ticketing.common.testing.processes import Start
from ticketing.common.testing.servers import NatsServer, eventually
from ticketing.common.tests.databases import OwnMongo
from ticketing.common.tests.sample import Notes, build
from ticketing.common.tests.things import waiting


@pytest.fixture()
def notes(mongo_uri: str) -> Iterator[Notes]:
    """The use cases on the database that the worker uses too, as a web process has them."""
    service = build({"MONGO_URI": mongo_uri})
    service.prepare()
    yield service.use_cases
    service.close()


def heard(notes: Notes, id: str) -> dict[str, Any]:
    return notes.heard.documents.find_one({"_id": id}) or {}


def until_heard(notes: Notes, id: str) -> float:
    """Seconds from a write to the end of its handling, by a worker that has nothing else to do."""
    time.sleep(0.3)
    begin = time.monotonic()
    notes.write(id)
    eventually(lambda: heard(notes, id).get("ended"))
    return time.monotonic() - begin


def consumer(url: str) -> Any:
    """The state of the worker's consumer on the server."""

    async def ask() -> Any:
        client = await nats.connect(url)
        state = await client.jetstream().consumer_info("TICKETING", "sample")
        await client.close()
        return state

    return asyncio.run(ask())


def test_an_event_goes_from_the_outbox_to_its_handler_quickly(
    start: Start, mongo_uri: str, nats_url: str, notes: Notes
) -> None:
    worker = start("worker", MONGO_URI=mongo_uri, NATS_URL=nats_url).ready()
    assert worker.get("/healthz").json() == {"ready": True, "missing": []}
    ids = [f"{number}" for number in range(6)]
    taken = [until_heard(notes, id) for id in ids]
    assert min(taken[1:]) < SWEEP / 2, taken  # the quickest: the others had to wait for the machine
    assert waiting(notes.written) == {}
    assert worker.stop()[0] == 0
    handled = [record["event_id"] for record in worker.records("event handled")]
    assert handled == [f"{id}-0" for id in ids]


def test_a_stop_finishes_the_event_in_hand(
    start: Start, mongo_uri: str, nats_url: str, notes: Notes
) -> None:
    worker = start("worker", MONGO_URI=mongo_uri, NATS_URL=nats_url).ready()
    notes.write("slow", seconds="1.5")
    eventually(lambda: heard(notes, "slow").get("begun"))
    code, seconds = worker.stop()
    assert (code, seconds < 15) == (0, True)
    assert heard(notes, "slow").get("ended")
    state = consumer(nats_url)
    assert (state.num_pending, state.num_ack_pending) == (0, 0)


def test_it_waits_for_its_broker_and_says_so(
    start: Start, mongo_uri: str, own_nats: NatsServer
) -> None:
    worker = start("worker", MONGO_URI=mongo_uri, NATS_URL=own_nats.url)
    eventually(lambda: worker.missing() == ["nats"])
    assert worker.get("/healthz").status_code == 200
    own_nats.start()
    worker.ready()
    eventually(lambda: worker.records("working"))
    (waited,) = worker.records("waiting for dependencies")
    assert waited["missing"] == ["nats"]
    assert worker.stop()[0] == 0


def test_a_stop_while_it_waits_ends_it_at_once(
    start: Start, mongo_uri: str, own_nats: NatsServer
) -> None:
    worker = start("worker", MONGO_URI=mongo_uri, NATS_URL=own_nats.url)
    eventually(lambda: worker.records("waiting for dependencies"))
    code, seconds = worker.stop()
    assert (code, seconds < 15) == (0, True)
    assert "Traceback" not in worker.said


def test_it_outlives_the_broker_and_catches_up(
    start: Start, mongo_uri: str, own_nats: NatsServer, notes: Notes
) -> None:
    own_nats.start()
    worker = start("worker", MONGO_URI=mongo_uri, NATS_URL=own_nats.url).ready()
    notes.write("before")
    eventually(lambda: heard(notes, "before").get("ended"))
    own_nats.kill()
    eventually(lambda: worker.missing() == ["nats"])
    assert worker.get("/healthz").status_code == 200
    notes.write("meanwhile")
    own_nats.start()
    eventually(lambda: heard(notes, "meanwhile").get("ended"))
    assert worker.stop()[0] == 0


def test_it_outlives_the_database_and_goes_on(
    start: Start, own_mongo: OwnMongo, nats_url: str
) -> None:
    own_mongo.start()
    worker = start("worker", MONGO_URI=own_mongo.uri, NATS_URL=nats_url).ready()
    own_mongo.stop()
    eventually(lambda: worker.missing() == ["mongo"])
    own_mongo.start()
    worker.ready()
    service = build({"MONGO_URI": own_mongo.uri})
    service.use_cases.write("after")
    eventually(lambda: heard(service.use_cases, "after").get("ended"))
    service.close()
    assert worker.stop()[0] == 0


def test_a_stop_while_the_broker_is_away_ends_it(
    start: Start, mongo_uri: str, own_nats: NatsServer, notes: Notes
) -> None:
    own_nats.start()
    worker = start("worker", MONGO_URI=mongo_uri, NATS_URL=own_nats.url).ready()
    eventually(lambda: worker.records("working"))
    own_nats.kill()
    notes.write("waits")
    eventually(lambda: worker.missing() == ["nats"])
    code, seconds = worker.stop()
    assert (code, seconds < 15) == (0, True)
    assert waiting(notes.written) == {"waits": ["waits-0"]}


def test_a_stop_ends_it_also_while_the_broker_accepts_and_says_nothing(
    start: Start, mongo_uri: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        worker = start(
            "worker", MONGO_URI=mongo_uri, NATS_URL=f"nats://127.0.0.1:{mute.getsockname()[1]}"
        )
        eventually(lambda: worker.records("dependencies are there"))
        time.sleep(0.5)
        code, seconds = worker.stop()
    assert (code, seconds < 15) == (0, True)
    assert "Traceback" not in worker.said
