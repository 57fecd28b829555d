"""Forms that are sent twice without JavaScript, over the real services: one thing is made."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.common.testing.threads import together
from ticketing.local.tests.pages.marketplace import Browser, Marketplace


def form(browser: Browser, action: str) -> dict[str, str]:
    inside = browser.page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inside)
    return {name: html.unescape(value) for name, value in hidden}


def made(market: Marketplace, kind: str) -> list[Any]:
    return market.world.all(getattr(market.world, kind), kind)


def press_twice(client: FlaskClient, path: str, data: dict[str, str]) -> list[TestResponse]:
    """Two clicks: the browser sends both, with the same cookies, and shows the second's answer."""
    replies: list[TestResponse] = []
    cookies = {name: client.get_cookie(name) for name in ("session", "XSRF-TOKEN")}

    def click() -> None:
        own = client.application.test_client()
        for name, cookie in cookies.items():
            own.set_cookie(name, cookie.decoded_value if cookie else "")
        replies.append(own.post(path, data=data))

    together([click, click])
    return replies


def test_a_form_for_a_listing_that_is_sent_twice_makes_one(
    market: Marketplace, seller: Browser
) -> None:
    seller.open("/tickets/new")
    typed = form(seller, "/tickets/new") | {"title": "Opera", "price": "85"}
    replies = press_twice(seller.client, "/tickets/new", typed)
    [ticket] = made(market, "tickets")
    assert {reply.location for reply in replies} == {f"/tickets/{ticket['_id']}"}


def test_a_buy_button_that_is_pressed_twice_makes_one_order(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    ticket = seller.sell("Opera")
    buyer.open(ticket)
    replies = press_twice(buyer.client, f"{ticket}/buy", form(buyer, f"{ticket}/buy"))
    [order] = made(market, "orders")
    assert {reply.location for reply in replies} == {f"/orders/{order['_id']}"}


@pytest.mark.parametrize("times", [1, 3])
def test_going_back_and_sending_the_same_listing_leads_to_the_first(
    market: Marketplace, seller: Browser, times: int
) -> None:
    page = seller.open("/tickets/new").page
    for _ in range(times):
        seller.page = page
        seller.send("/tickets/new", title="Opera", price="85")
        assert "Opera" in seller.text
    assert len(made(market, "tickets")) == 1


def test_signing_up_twice_with_a_form_signs_in_both_times(market: Marketplace) -> None:
    visitor = market.browser().open("/auth/signup")
    typed = form(visitor, "/auth/signup") | {"email": "ann@example.com", "password": "long enough"}
    replies = press_twice(visitor.client, "/auth/signup", typed)
    assert [reply.location for reply in replies] == ["/", "/"]
    assert all("session=" in str(reply.headers.getlist("Set-Cookie")) for reply in replies)
