"""A broker for the tests that need no more than that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from ticketing.common.testing.servers import NatsServer


@pytest.fixture()
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """The command sets up logs for its process."""
    yield
    structlog.reset_defaults()
