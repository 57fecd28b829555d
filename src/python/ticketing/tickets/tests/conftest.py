"""The tickets service in memory, with a clock to turn, and its users."""

import pytest
from flask.testing import FlaskClient

from ticketing.common.service import Service
from ticketing.common.testing import ENV
from ticketing.common.testing import TurnedClock
from ticketing.common.testing import client_of
from ticketing.common.testing import memory_database
from ticketing.tickets.main import build
from ticketing.tickets.service import Tickets


@pytest.fixture()
def service() -> Service[Tickets]:
    return build(ENV, memory_database(), TurnedClock())


@pytest.fixture()
def seller(service: Service[Tickets]) -> FlaskClient:
    return client_of(service, "seller")


@pytest.fixture()
def anyone(service: Service[Tickets]) -> FlaskClient:
    return client_of(service)
