"""The orders service in memory, with a clock to turn, a ticket on sale, and its users."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.runtime.service import Service
from ticketing.common.testing.queries import Watched, scans
from ticketing.common.testing.services import ENV, TurnedClock, client_of, deliver, memory_database
from ticketing.orders.main import build
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import ticket_created


@pytest.fixture()
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture()
def database() -> Any:
    return memory_database()


@pytest.fixture()
def service(database: Any, clock: TurnedClock) -> Iterator[Service[Orders]]:
    """Knows of the one ticket; holds last a minute. No query of it may scan."""
    watched: Any = Watched(database)
    service = build(ENV, watched, clock)
    service.prepare()
    deliver(service, ticket_created())
    yield service
    assert scans(watched.queries, service.indexes) == []


@pytest.fixture()
def buyer(service: Service[Orders]) -> FlaskClient:
    return client_of(service, "buyer")


@pytest.fixture()
def rival(service: Service[Orders]) -> FlaskClient:
    return client_of(service, "rival")
