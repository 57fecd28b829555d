"""A browser per module of tests, and for each test a page in it and a site to look at."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ticketing.client.tests.script_site import Site
from ticketing.common.testing.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture()
def page(browser: Browser) -> Iterator[Page]:
    """A page that may say nothing on its console, but of answers that are errors."""
    context = browser.new_context(timezone_id="America/New_York")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Policy" in said.text else None)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture()
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()
