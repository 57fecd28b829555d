"""A stand-in with empty data, on disk, for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe
from flask.testing import FlaskClient

from ticketing.stripe_fake.app import create_app
from ticketing.stripe_fake.store import Store
from ticketing.stripe_fake.tests.serving import KEY
from ticketing.stripe_fake.tests.serving import Clock
from ticketing.stripe_fake.tests.serving import sdk
from ticketing.stripe_fake.tests.serving import serving


@pytest.fixture()
def clock() -> Clock:
    return Clock()


@pytest.fixture()
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture()
def url(store: Store, clock: Clock) -> Iterator[str]:
    with serving(store, clock) as url:
        yield url


@pytest.fixture()
def client(url: str) -> Iterator[stripe.StripeClient]:
    with sdk(url) as client:
        yield client


@pytest.fixture()
def http(store: Store, clock: Clock) -> FlaskClient:
    """Raw requests, with a key; without a server, so only for what the SDK cannot send."""
    http = create_app(store, clock).test_client()
    http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
    return http
