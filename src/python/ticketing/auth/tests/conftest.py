"""The auth service in memory, and a browser that talks to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.auth.main import build
from ticketing.auth.service import Accounts
from ticketing.common.runtime.service import Service
from ticketing.common.testing.queries import Watched, scans
from ticketing.common.testing.services import ENV, client_of, memory_database


@pytest.fixture()
def service() -> Iterator[Service[Accounts]]:
    """No query of it may scan."""
    watched: Any = Watched(memory_database())
    service = build(ENV, watched)
    yield service
    assert scans(watched.queries, service.indexes) == []


@pytest.fixture()
def client(service: Service[Accounts]) -> FlaskClient:
    return client_of(service)


@pytest.fixture(scope="session")
def ann() -> dict[str, str]:
    """What Ann types to sign in."""
    return {"email": "ann@example.com", "password": "correct horse"}


@pytest.fixture(scope="module")
def anns_service() -> Service[Accounts]:
    """A service where Ann may have signed up; a module's tests share it, for hashing takes long."""
    return build(ENV, memory_database())


@pytest.fixture(scope="module")
def anns_sign_up(anns_service: Service[Accounts], ann: dict[str, str]) -> Any:
    """The reply that Ann got when she signed up."""
    return client_of(anns_service).post("/api/users/signup", json=ann)


@pytest.fixture()
def stranger(anns_service: Service[Accounts], anns_sign_up: Any) -> FlaskClient:
    """A browser without cookies, where Ann has an account."""
    return client_of(anns_service)
