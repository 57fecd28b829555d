"""The orders service in memory, with a clock to turn, a ticket on sale, and its users."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.service import Service
from ticketing.common.testing import ENV
from ticketing.common.testing import TurnedClock
from ticketing.common.testing import client_of
from ticketing.common.testing import deliver
from ticketing.common.testing import memory_database
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
def service(database: Any, clock: TurnedClock) -> Service[Orders]:
    """Knows of the one ticket; holds last a minute."""
    service = build(ENV, database, clock)
    service.prepare()
    deliver(service, ticket_created())
    return service


@pytest.fixture()
def buyer(service: Service[Orders]) -> FlaskClient:
    return client_of(service, "buyer")


@pytest.fixture()
def rival(service: Service[Orders]) -> FlaskClient:
    return client_of(service, "rival")
