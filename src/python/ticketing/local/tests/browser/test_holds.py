"""The hold: it ends while one watches, and of two who want a ticket one gets it."""

import re
import time

from playwright.sync_api import expect

from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.person import Person
from ticketing.local.tests.browser.scrutiny import look_at

HOLD_SECONDS = 20
OPTIONS = ("--hold-seconds", str(HOLD_SECONDS))
END_MS = (HOLD_SECONDS + 60) * 1000


def test_the_hold_ends_under_the_eyes_of_the_buyer(person: NewPerson) -> None:
    buyer = person().join()
    ticket = _listed(person)
    buyer.buy(ticket)
    left = buyer.page.locator("[data-left]")
    first = _seconds(left.inner_text())
    assert 0 < first <= HOLD_SECONDS
    expect(buyer.page.get_by_role("progressbar", name="Time left")).to_be_visible()
    expect(left).to_have_text(re.compile("|".join(f"0:{less:02d}" for less in range(first))))
    expect(buyer.heading("Time ran out")).to_be_visible(timeout=END_MS)
    expect(buyer.page.get_by_role("button", name=re.compile("Pay"))).to_have_count(0)
    expect(buyer.card().get_by_label("Card number")).to_have_count(0)
    look_at(buyer.page, "order-expired")
    buyer.link("See whether the ticket is free").click()
    expect(buyer.button("Buy")).to_be_visible()


def test_whoever_waits_sees_the_ticket_come_free(person: NewPerson) -> None:
    buyer, waiting = person().join(), person().join()
    ticket = _listed(person)
    buyer.buy(ticket)
    waiting.go(ticket)
    expect(waiting.page.get_by_role("main")).to_contain_text("Somebody is paying for it")
    expect(waiting.button("Buy")).to_be_visible(timeout=END_MS)
    waiting.press("Buy")
    waiting.page.wait_for_url("**/orders/*")
    expect(waiting.heading("Yours for the moment")).to_be_visible()


def test_of_two_who_press_buy_at_once_one_gets_the_ticket(person: NewPerson) -> None:
    rivals = [person().join() for _ in range(2)]
    ticket = _listed(person)
    for rival in rivals:
        rival.hear_of_nothing()  # what the press of the button brings stays for us to see
        rival.go(ticket)
        expect(rival.button("Buy")).to_be_visible()
    for rival in rivals:  # the click is sent, the answer is not waited for
        rival.button("Buy").evaluate("button => { setTimeout(() => button.click()) }")
    for rival in rivals:
        answer = rival.page.locator(".order").or_(rival.page.get_by_role("alert"))
        expect(answer.first).to_be_visible()
    winner, loser = sorted(rivals, key=lambda rival: rival.path)
    assert winner.path.startswith("/orders/")
    assert loser.path == ticket
    expect(loser.page.get_by_role("alert")).to_contain_text("reserved")


def test_a_cancelled_order_gives_the_ticket_back_at_once(person: NewPerson) -> None:
    buyer, waiting = person().join(), person().join()
    ticket = _listed(person)
    buyer.buy(ticket)
    waiting.go(ticket)
    buyer.press("Cancel order")
    expect(buyer.heading("Order cancelled")).to_be_visible()
    began = time.monotonic()
    expect(waiting.button("Buy")).to_be_visible()
    assert time.monotonic() - began < HOLD_SECONDS / 2


def _listed(person: NewPerson) -> str:
    seller: Person = person().join()
    ticket = seller.call("POST", "/tickets", {"title": "The last seat", "price": 25})
    return f"/tickets/{ticket['id']}"


def _seconds(left: str) -> int:
    minutes, seconds = left.split(":")
    return 60 * int(minutes) + int(seconds)
