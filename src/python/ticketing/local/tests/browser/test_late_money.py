"""Money that comes when the hold is over and the ticket has gone to another is seen to go back."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.scrutiny import look_at
from ticketing.local.tests.running import Platform

HOLD_SECONDS = 20
OPTIONS = ("--hold-seconds", str(HOLD_SECONDS))
END_MS = (HOLD_SECONDS + 60) * 1000


def test_money_that_comes_too_late_goes_back(person: NewPerson, platform: Platform) -> None:
    slow, quick, seller = person().join(), person().join(), person().join()
    ticket = seller.call("POST", "/tickets", {"title": "The last seat", "price": 25})["id"]
    slow.buy(f"/tickets/{ticket}")
    slow.take_card("Asks for 3-D Secure")
    slow.pay()
    yes = slow.bank().get_by_role("button", name="Complete authentication")
    expect(yes).to_be_visible()
    with _asleep(platform, "payments-worker"):  # it would forbid the bank to take the money
        expect(slow.page.get_by_text("Time ran out").first).to_be_attached(timeout=END_MS)
        quick.buy(f"/tickets/{ticket}")
        yes.click()
        expect(slow.page.get_by_role("dialog")).to_have_count(0)
    expect(slow.heading("Your money went back")).to_be_visible(timeout=END_MS)
    look_at(slow.page, "order-refunded")
    slow.go("/orders")
    expect(slow.page.get_by_role("main")).to_contain_text("Refunded")


@contextmanager
def _asleep(platform: Platform, name: str) -> Iterator[None]:
    process = int(platform.processes()[name]["pid"])
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)
