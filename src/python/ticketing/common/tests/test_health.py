"""What a process says of itself and of what it depends on."""

import threading
import time

import pytest
import requests

from ticketing.common.core import health
from ticketing.common.testing.servers import free_port
from ticketing.common.tests.apps import app_of, reply
from ticketing.common.tests.conftest import LogLines
from ticketing.common.web.routes import Routes


class Dependency:
    """Something that is in reach or not."""

    def __init__(self, *, there: bool) -> None:
        self.there = there
        self.asked = 0

    def check(self) -> None:
        self.asked += 1
        if not self.there:
            raise ConnectionError("not there")


def test_the_missing_are_named_in_order() -> None:
    there, gone = Dependency(there=True), Dependency(there=False)
    checks = {"mongo": gone.check, "nats": there.check, "redis": gone.check}
    assert health.missing(checks) == ["mongo", "redis"]
    assert health.missing({}) == []


def test_a_wait_ends_once_all_are_there_and_says_what_it_waits_for(log_lines: LogLines) -> None:
    mongo, nats = Dependency(there=False), Dependency(there=False)

    def arrive() -> None:
        for dependency in (mongo, nats):
            while dependency.asked < 3:
                time.sleep(0.005)
            dependency.there, nats.asked = True, 0

    arriving = threading.Thread(target=arrive)
    arriving.start()
    health.wait_for({"mongo": mongo.check, "nats": nats.check}, pause=0.01)
    arriving.join()
    both, one, done = log_lines()
    assert (both["event"], both["missing"]) == ("waiting for dependencies", ["mongo", "nats"])
    assert (one["event"], one["missing"]) == ("waiting for dependencies", ["nats"])
    assert done["event"] == "dependencies are there"


def test_alive_and_ready_are_two_answers() -> None:
    mongo = Dependency(there=True)
    client = app_of(Routes[None]("none", __name__), checks={"mongo": mongo.check}).test_client()
    assert reply(client.get("/healthz")) == (200, {"ready": True, "missing": []})
    assert reply(client.get("/readyz")) == (200, {"ready": True, "missing": []})
    mongo.there = False
    assert reply(client.get("/healthz")) == (200, {"ready": True, "missing": []})
    assert reply(client.get("/readyz")) == (503, {"ready": False, "missing": ["mongo"]})


def test_the_health_server_answers_until_it_is_stopped() -> None:
    port, loop, nats = free_port(), Dependency(there=True), Dependency(there=False)
    alive, ready = {"loop": loop.check}, {"nats": nats.check}
    stop = health.serve("127.0.0.1", port, alive=alive, ready=ready)
    url = f"http://127.0.0.1:{port}"
    answer = requests.get(f"{url}/healthz", timeout=2)
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})
    answer = requests.get(f"{url}/readyz", timeout=2)
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "missing": ["nats"]})
    loop.there = False
    assert requests.get(f"{url}/healthz", timeout=2).json()["missing"] == ["loop"]
    assert requests.get(f"{url}/else", timeout=2).status_code == 404
    stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/healthz", timeout=2)
