"""A stand-in with empty data, on disk, for every test; and a browser for those that ask."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import stripe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright

from ticketing.common.testing.browser import chromium
from ticketing.stripe_fake.app import create_app
from ticketing.stripe_fake.store import Store
from ticketing.stripe_fake.tests.browsing import Buyer
from ticketing.stripe_fake.tests.serving import KEY, Clock, sdk, serving
from ticketing.stripe_fake.tests.shop import shop


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True)
        yield browser
        browser.close()


@pytest.fixture()
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new visitor's page, in the colour scheme that the test is parametrized with, if any."""
    scheme: Literal["light", "dark"] = getattr(request, "param", "light")
    with browser.new_context(color_scheme=scheme) as context:
        context.set_default_timeout(60_000)
        yield context.new_page()


@pytest.fixture()
def visitor(page: Page, url: str) -> Iterator[Buyer]:
    """Not yet at the shop; at the end, nothing may have been complained of (CSP, say)."""
    with shop(url) as at:
        buyer = Buyer(page, at)
        yield buyer
        page.close()
    assert buyer.complaints == []


@pytest.fixture()
def buyer(visitor: Buyer) -> Buyer:
    return visitor.come()
