"""Servers once per session; a bus, a database and the log lines anew for each test."""

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from flask.testing import FlaskClient
from pymongo.database import Database
from secantus import SecantusDBServer

from ticketing.common.core import logs
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import Document
from ticketing.common.testing.processes import Process, Start
from ticketing.common.testing.servers import NatsServer
from ticketing.common.testing.services import client_of, memory_database
from ticketing.common.tests.buses import BusStand, JetStreamStand, MemoryStand, remove_streams
from ticketing.common.tests.databases import OwnMongo, on_server
from ticketing.common.tests.limited_service import Visit

SAMPLE = ("-m", "ticketing.common.tests.sample")
LogLines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _no_request() -> None:
    """A request that an earlier test made leaves its id in the context of the thread."""
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def mongo_server() -> Iterator[str]:
    """The URI of a server that speaks MongoDB's protocol, without a database name."""
    server = SecantusDBServer(storage_path=":memory:")
    server.start()
    yield server.uri
    server.stop()


@pytest.fixture(params=["memory", "jetstream"])
def bus_stand(request: pytest.FixtureRequest) -> BusStand:
    if request.param == "memory":
        return MemoryStand()
    return JetStreamStand(request.getfixturevalue("nats_server").url)


@pytest.fixture(params=["mongomock", "server"])
def database(request: pytest.FixtureRequest) -> Iterator[Database[Document]]:
    if request.param == "mongomock":
        yield memory_database()
    else:
        with on_server(request.getfixturevalue("mongo_server")) as database:
            yield database


@pytest.fixture()
def server_database(mongo_server: str) -> Iterator[Database[Document]]:
    with on_server(mongo_server) as database:
        yield database


@pytest.fixture()
def log_lines() -> Iterator[LogLines]:
    """Logging as a process configures it; returns the records on stdout so far."""
    root, stdout = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    structlog.contextvars.clear_contextvars()
    with contextlib.redirect_stdout(stdout):
        logs.configure("sample")
    yield lambda: [json.loads(line) for line in stdout.getvalue().splitlines()]
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture()
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts processes of the sample service, or another, and sees that none outlives the test."""
    started: list[Process] = []

    def start(command: str, **options: Any) -> Process:
        started.append(Process(tmp_path, command, **{"program": SAMPLE, **options}))
        return started[-1]

    yield start
    for process in started:
        process.clean_up()


@pytest.fixture()
def mongo_uri(mongo_server: str) -> str:
    """The URI of an empty database on the server."""
    return f"{mongo_server}{uuid4().hex}"


@pytest.fixture()
def nats_url(nats_server: NatsServer) -> Iterator[str]:
    """A server without streams."""
    yield nats_server.url
    asyncio.run(remove_streams(nats_server.url))


@pytest.fixture()
def own_nats(tmp_path: Path) -> Iterator[NatsServer]:
    """A server that the test starts and kills as it likes."""
    server = NatsServer(tmp_path)
    yield server
    server.kill()


@pytest.fixture()
def own_mongo() -> Iterator[OwnMongo]:
    """The same, a database."""
    server = OwnMongo()
    yield server
    server.stop()


@pytest.fixture()
def visit() -> Iterator[Visit]:
    """Makes a client, whose application has a connection to Redis of its own until the end."""
    clients: list[FlaskClient] = []

    def visit(service: Service[Any], user_id: str | None = None) -> FlaskClient:
        clients.append(client_of(service, user_id))
        return clients[-1]

    yield visit
    for client in clients:
        for limiter in client.application.extensions.get("limiter", ()):
            limiter.storage.get_connection().close()
