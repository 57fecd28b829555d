"""Requests with one key, made at the same moment to a service that runs as in production."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from secantus import SecantusDBServer

from ticketing.common.runtime.service import Service
from ticketing.common.testing.processes import Process
from ticketing.common.testing.services import ENV, client_of
from ticketing.common.testing.threads import together
from ticketing.common.web.idempotency import HEADER, REPLAYED

RACERS = 20

Build = Callable[[Mapping[str, str]], Service[Any]]


@contextmanager
def running(directory: Path, name: str, build: Build) -> Iterator[tuple[Service[Any], Process]]:
    """The service's web process over a database server; and the service, to look into that."""
    server = SecantusDBServer(storage_path=":memory:")
    server.start()
    env = {"JWT_KEY": ENV["JWT_KEY"], "MONGO_URI": f"{server.uri}{name}"}
    service = build({**ENV, **env})
    process = Process(directory, "web", program=("-m", f"ticketing.{name}.main"), **env)
    try:
        yield service, process.ready()
    finally:
        process.clean_up()
        service.close()
        server.stop()


def race(service: Service[Any], process: Process, path: str, body: Any) -> list[requests.Response]:
    """The replies to as many requests of one user with one key."""
    bearer = client_of(service, "racer").environ_base["HTTP_AUTHORIZATION"]
    headers = {"Authorization": bearer, HEADER: "one key"}
    url, replies = f"http://127.0.0.1:{process.port}{path}", list[requests.Response]()

    def ask() -> None:
        replies.append(requests.post(url, json=body, headers=headers, timeout=30))

    together([ask] * RACERS)
    ask()
    return replies


def check(replies: list[requests.Response]) -> None:
    """One was carried out; the others got its answer, or were told that it was running."""
    [first] = [r for r in replies if r.status_code == 201 and REPLAYED not in r.headers]
    others = [reply for reply in replies if reply is not first]
    assert {reply.status_code for reply in others} <= {201, 409}
    again = [reply for reply in others if reply.status_code == 201]
    assert {reply.content for reply in again} == {first.content}
    assert replies[-1] in again
    assert len(replies) == RACERS + 1
