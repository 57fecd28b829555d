"""The tickets service in memory, with a clock to turn, and its users."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.runtime.service import Service
from ticketing.common.testing.queries import Watched, scans
from ticketing.common.testing.services import ENV, TurnedClock, client_of, memory_database
from ticketing.tickets.main import build
from ticketing.tickets.service import Tickets


@pytest.fixture()
def service() -> Iterator[Service[Tickets]]:
    """No query of it may scan."""
    watched: Any = Watched(memory_database())
    service = build(ENV, watched, TurnedClock())
    yield service
    assert scans(watched.queries, service.indexes) == []


@pytest.fixture()
def seller(service: Service[Tickets]) -> FlaskClient:
    return client_of(service, "seller")


@pytest.fixture()
def anyone(service: Service[Tickets]) -> FlaskClient:
    return client_of(service)
