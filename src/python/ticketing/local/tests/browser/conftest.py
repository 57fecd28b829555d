"""One browser per test module, and for each test as many people as it likes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from ticketing.common.testing.browser import chromium
from ticketing.local.tests.browser import pictures
from ticketing.local.tests.browser.person import Person
from ticketing.local.tests.running import Platform

NewPerson = Callable[..., Person]

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        yield browser
        browser.close()


@pytest.fixture()
def person(
    request: pytest.FixtureRequest, browser: Browser, platform: Platform
) -> Iterator[NewPerson]:
    """Makes somebody with a browser of their own; a fault in any page's console fails the test."""
    people: list[Person] = []
    failed_before = request.session.testsfailed

    def come(**options: Any) -> Person:
        context = browser.new_context(**{"reduced_motion": "reduce", **options})
        context.set_default_timeout(PATIENCE_MS)
        people.append(Person(context, platform.url))
        return people[-1]

    yield come
    problems = [problem for each in people for problem in each.problems]
    has_failed = request.session.testsfailed > failed_before
    for number, each in enumerate(people):
        if has_failed:
            pictures.take(each.page, f"failed-{request.node.name}-{number}")
        each.context.close()
    assert problems == []
