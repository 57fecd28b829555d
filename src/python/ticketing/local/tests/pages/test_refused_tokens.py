"""Whose token is young but refused, as its key was dropped, goes on, or signs out, all the same."""

import pytest

from ticketing.common.testing.tokens import token_of
from ticketing.local.tests.pages.marketplace import Browser, Marketplace


def refuse_token(browser: Browser) -> str:
    """Have the browser come with such a token; returns the refresh token that it has beside."""
    browser.client.set_cookie("session", token_of("u1", key="a key that a thief has, of 32 bytes"))
    refresh = browser.client.get_cookie("refresh")
    assert refresh is not None
    return refresh.value


@pytest.mark.parametrize("path", ["/", "/account", "/orders", "/tickets/new"])
def test_every_page_is_there(buyer: Browser, path: str) -> None:
    refuse_token(buyer)
    assert buyer.open(path).path == path
    assert buyer.page.status_code == 200
    assert buyer.has_form("/auth/signout")


def test_a_form_that_asks_who_is_there_first_is_taken(seller: Browser) -> None:
    seller.open("/tickets/new")
    refuse_token(seller)
    seller.send("/tickets/new", title="Jazz", price="5")
    assert "Your ticket is on sale." in seller.text


def test_any_other_form_is_sent_again(seller: Browser, buyer: Browser) -> None:
    ticket = seller.sell("Jazz")
    buyer.open(ticket)
    refuse_token(buyer)
    buyer.send(f"{ticket}/buy")
    assert buyer.path == ticket
    assert "That did not get through. Please do it once more." in buyer.text
    buyer.buy(ticket)


def test_signing_out_ends_the_session(market: Marketplace, buyer: Browser) -> None:
    stolen = refuse_token(buyer)
    buyer.send("/auth/signout")
    assert "You are signed out." in buyer.text
    thief = market.browser()
    thief.client.set_cookie("refresh", stolen)
    assert not thief.open("/").has_form("/auth/signout")
