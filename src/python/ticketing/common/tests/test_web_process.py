"""The `web` command as a real process."""

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from ticketing.common.core.errors import NotFound
from ticketing.common.runtime.server import GRACE, HEADERS_WITHIN, MAX_HEADERS
from ticketing.common.testing.input import entries_of
from ticketing.common.testing.processes import Start
from ticketing.common.testing.servers import eventually
from ticketing.common.tests.databases import OwnMongo
from ticketing.common.web.errors import BodyTooLong
from ticketing.common.web.routes import MAX_BODY

NOTE = b'{"id": "a"}'
KILLED = GRACE - 2
"""Seconds; a process that hangs when it is to stop is killed after GRACE."""


def in_chunks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 10_000):
        yield data[start : start + 10_000]


def test_it_answers_and_a_stop_finishes_the_request_in_hand(start: Start, mongo_uri: str) -> None:
    web = start("web", MONGO_URI=mongo_uri).ready()
    assert web.get("/healthz").json() == {"ready": True, "missing": []}
    assert web.get("/nowhere").json() == {"errors": entries_of(NotFound())}
    answers = []
    asking = threading.Thread(target=lambda: answers.append(web.get("/slow?seconds=1.5")))
    asking.start()
    eventually(lambda: web.records("slow request begun"))
    code, seconds = web.stop()
    asking.join()
    assert [answer.json() for answer in answers] == [{"finished": True}]
    assert (code, seconds < KILLED) == (0, True)


def test_bodies_have_one_limit_and_the_log_has_one_json_line_per_record(
    start: Start, mongo_uri: str
) -> None:
    web = start("web", MONGO_URI=mongo_uri).ready()
    too_long = NOTE + b" " * MAX_BODY
    fitting = b'{"id": "b"}'.ljust(MAX_BODY)
    assert web.post("/notes", NOTE).status_code == 201
    assert web.post("/notes", in_chunks(fitting)).status_code == 201
    for data in (too_long, in_chunks(too_long), in_chunks(too_long * 20)):
        answer = web.post("/notes", data)
        assert answer.status_code == 413
        assert answer.json() == {"errors": entries_of(BodyTooLong())}
    assert web.get("/broken").status_code == 500
    (failure,) = web.records("request failed")
    assert "ZeroDivisionError" in failure["exception"]
    assert web.said.count('"service": "sample"') == len(web.said.splitlines())


HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"


def said_to(port: int, sent: bytes) -> bytes:
    """All that is answered until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=8 * HEADERS_WITHIN) as connection:
        connection.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            return connection.recv(64)
        return b""


def test_headers_are_limited_in_number_and_length(start: Start, mongo_uri: str) -> None:
    web = start("web", MONGO_URI=mongo_uri).ready()
    many = [b"X-%d: a\r\n" % number for number in range(101)]
    for sent, status in (
        (HEAD + b"".join(many[:90]), b"200"),
        (HEAD + b"".join(many), b"431"),
        (HEAD + b"X: ".ljust(MAX_HEADERS - 200, b"a") + b"\r\n", b"200"),
        (HEAD + b"X: ".ljust(MAX_HEADERS, b"a") + b"\r\n", b"431"),
        (HEAD.replace(b"healthz", b"a" * MAX_HEADERS), b"431"),
    ):
        assert said_to(web.port, sent + b"\r\n").split()[1] == status


def test_headers_that_do_not_arrive_are_not_waited_for(start: Start, mongo_uri: str) -> None:
    web = start("web", MONGO_URI=mongo_uri).ready()
    began = time.monotonic()
    assert said_to(web.port, HEAD) == b""
    assert time.monotonic() - began >= HEADERS_WITHIN - 1


def test_it_waits_for_its_database_and_says_when_it_goes_and_comes(
    start: Start, own_mongo: OwnMongo
) -> None:
    web = start("web", MONGO_URI=own_mongo.uri)
    eventually(lambda: web.records("waiting for dependencies"))
    own_mongo.start()
    web.ready()
    (waited,) = web.records("waiting for dependencies")
    assert waited["missing"] == ["mongo"]
    own_mongo.stop()
    eventually(lambda: web.missing() == ["mongo"])
    assert web.get("/healthz").json() == {"ready": True, "missing": []}
    own_mongo.start()
    web.ready()


def test_a_stop_while_it_waits_ends_it_at_once(start: Start, own_mongo: OwnMongo) -> None:
    web = start("web", MONGO_URI=own_mongo.uri)
    eventually(lambda: web.records("waiting for dependencies"))
    code, seconds = web.stop()
    assert (code, seconds < KILLED) == (0, True)
    assert "Traceback" not in web.said


def test_it_is_alive_but_not_ready_while_it_waits(start: Start, own_mongo: OwnMongo) -> None:
    web = start("web", MONGO_URI=own_mongo.uri)
    eventually(lambda: web.records("waiting for dependencies"))
    assert web.get("/healthz").json() == {"ready": True, "missing": []}
    assert web.missing() == ["mongo", "web"]


def test_a_killed_master_leaves_no_process_behind(start: Start, mongo_uri: str) -> None:
    web = start("web", MONGO_URI=mongo_uri).ready()
    children = web.children()
    assert children
    web.send(signal.SIGKILL)
    assert web.exit_code() == -signal.SIGKILL
    gone, alive = psutil.wait_procs(children, timeout=60)
    for process in alive:
        process.kill()
    assert (len(gone), alive) == (len(children), [])


def test_a_worker_process_that_dies_is_started_again(start: Start, mongo_uri: str) -> None:
    web = start("web", MONGO_URI=mongo_uri).ready()
    (child,) = web.children()
    child.kill()
    eventually(lambda: child.pid not in {one.pid for one in web.children()})
    web.ready()
    assert web.stop()[0] == 0


@pytest.mark.parametrize(
    ("command", "env", "missing"),
    [
        ("web", {"MONGO_URI": "mongodb://m/x", "JWT_KEY": ""}, "JWT_KEY or JWT_KEYS_URL"),
        ("worker", {"MONGO_URI": "mongodb://m/x"}, "NATS_URL"),
    ],
)
def test_a_missing_variable_is_named_in_the_only_line(
    start: Start, command: str, env: dict[str, str], missing: str
) -> None:
    process = start(command, **env)
    assert process.exit_code() not in (0, None)
    assert process.said == f"missing in the environment: {missing}\n"
