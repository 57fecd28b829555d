"""Open pages follow the truth: by streams, or by asking where there is no stream."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect

from ticketing.common.testing.servers import eventually
from ticketing.local.tests.browser import pictures
from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.person import Person


def test_a_buyer_hears_by_the_stream_what_the_seller_changes(person: NewPerson) -> None:
    seller, buyer = person().join(), person().join()
    ticket = _listed(seller, "Matinee", 30)
    asked: list[str] = []
    buyer.page.on("request", lambda request: asked.append(request.url))
    with buyer.page.expect_request("**/live/tickets/*"):
        buyer.go(ticket)
    expect(buyer.page.get_by_role("main")).to_contain_text("$30.00")
    lags = [_lag(seller, buyer, ticket, price) for price in (35, 40, 45)]
    _write(lags)
    assert not [url for url in asked if "/api/" in url]
    assert min(lags) < 4, lags  # less than half a second, but for a machine that is very busy
    expect(buyer.page.get_by_role("status").first).to_contain_text("$45.00")


def test_the_page_of_an_order_follows_what_other_tabs_do(person: NewPerson) -> None:
    seller, buyer = person().join(), person().join()
    order = buyer.buy(_listed(seller, "Matinee", 30))
    buyer.call("DELETE", f"/orders/{order.rpartition('/')[2]}")
    expect(buyer.heading("Order cancelled")).to_be_visible()
    expect(buyer.card().get_by_label("Card number")).to_have_count(0)


def test_who_came_too_late_can_buy_once_the_ticket_is_free_and_buys_nothing_unasked(
    person: NewPerson,
) -> None:
    seller, first, second = person().join(), person().join(), person().join()
    ticket = _listed(seller, "Matinee", 30)
    second.hear_of_nothing()
    second.go(ticket)
    order = first.buy(ticket)
    second.press("Buy")
    expect(second.page.get_by_role("alert")).to_contain_text("reserved")
    second.hear_of_changes()
    first.call("DELETE", order)
    expect(second.button("Buy")).to_be_visible()
    expect(second.page.get_by_role("alert")).to_have_count(0)
    assert second.path == ticket
    assert second.call("GET", "/orders") == []


def test_what_is_typed_into_the_card_survives_a_change_of_the_page(person: NewPerson) -> None:
    seller, buyer = person().join(), person().join()
    order = buyer.buy(_listed(seller, "Matinee", 30)).rpartition("/")[2]
    number = buyer.card().get_by_label("Card number")
    number.press_sequentially("4242")
    tried = buyer.context.request.post(
        f"{buyer.url}/api/payments",
        data={"orderId": order, "token": "tok_chargeDeclined"},
        headers={"X-XSRF-TOKEN": _token(buyer)},
    )
    assert tried.status == 400
    expect(buyer.page.get_by_role("main")).to_contain_text("Awaiting payment")
    expect(number).to_have_value("4242")


def _refuse(route: Route) -> None:
    route.fulfill(status=503, body="Too many open pages")


def _break(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("meet", [_refuse, _break], ids=["full", "blocked"])
def test_without_a_stream_the_page_asks(person: NewPerson, meet: Callable[[Route], None]) -> None:
    seller, buyer = person().join(), person().join()
    ticket = _listed(seller, "Matinee", 30)
    buyer.page.route("**/live/**", meet)
    buyer.go(ticket)
    for price in (35, 40):
        _lag(seller, buyer, ticket, price)
    buyer.forgive("ERR_FAILED|503")


def test_no_page_holds_more_than_one_stream(person: NewPerson) -> None:
    buyer = person().join()
    streams = _open_streams(buyer.page)
    first, second = _listed(buyer, "One", 1), _listed(buyer, "Two", 2)
    for path in (first, second, first):
        buyer.go(path)
        _until_open(streams, buyer.page, 1)
    buyer.go("/")
    _until_open(streams, buyer.page, 0)


def _until_open(streams: list[Request], page: Page, count: int) -> None:
    """Return once so many are open, when the page has had time to open more."""

    def are_open() -> bool:
        page.wait_for_timeout(500)  # in which the browser is heard
        return len(streams) == count

    eventually(are_open)


def _open_streams(page: Page) -> list[Request]:
    """Kept up to date as streams begin and end."""
    streams: list[Request] = []

    def begin(request: Request) -> None:
        if "/live/" in request.url:
            streams.append(request)

    def end(request: Request) -> None:
        if request in streams:
            streams.remove(request)

    page.on("request", begin)
    page.on("requestfinished", end)
    page.on("requestfailed", end)
    return streams


def _lag(seller: Person, buyer: Person, ticket: str, price: int) -> float:
    """Seconds from the answer to the seller until the buyer sees the new price."""
    seller.call(
        "PUT", f"/tickets/{ticket.rpartition('/')[2]}", {"title": "Matinee", "price": price}
    )
    began = time.monotonic()
    buyer.page.wait_for_function(
        "price => document.querySelector('main').innerText.includes(price)", arg=f"${price}.00"
    )
    return time.monotonic() - began


def _write(lags: list[float]) -> None:
    lines = "".join(f"{lag:.2f} s\n" for lag in lags)
    (pictures.folder().parent / "seconds-until-a-change-is-seen.txt").write_text(lines)


def _listed(seller: Person, title: str, price: float) -> str:
    ticket = seller.call("POST", "/tickets", {"title": title, "price": price})
    return f"/tickets/{ticket['id']}"


def _token(person: Person) -> str:
    cookies = {cookie["name"]: cookie["value"] for cookie in person.context.cookies()}
    return str(cookies["XSRF-TOKEN"])
