"""The market's and the accounts' pages, over the real services."""

import html
import re

import pytest

from ticketing.local.tests.pages.marketplace import Browser, Marketplace


def test_an_empty_market_invites_to_sell(market: Marketplace) -> None:
    visitor = market.browser()
    assert "Nothing is on sale yet" in visitor.text
    assert visitor.open("/tickets/new").path == "/auth/signin"
    visitor.open("/auth/signup?next=/tickets/new")
    visitor.send("/auth/signup", email="a@example.com", password="correct horse")
    assert visitor.path == "/tickets/new"


def test_signing_in_with_a_wrong_password_keeps_the_email_and_never_the_password(
    seller: Browser, market: Marketplace
) -> None:
    visitor = market.browser().open("/auth/signin")
    visitor.send("/auth/signin", email="seller@example.com", password="not the one")
    assert "Invalid Credentials" in visitor.text
    assert 'value="seller@example.com"' in visitor.page.text
    assert "not the one" not in visitor.page.text


def test_signing_out_ends_the_session(seller: Browser) -> None:
    seller.send("/auth/signout")
    assert "Sign in" in seller.text
    assert seller.open("/sell").path == "/auth/signin"


def test_after_signing_in_the_visitor_is_back_at_the_ticket(
    seller: Browser, market: Marketplace
) -> None:
    ticket = seller.sell("Opera")
    visitor = market.browser().open(ticket)
    assert f'href="/auth/signin?next={ticket}"' in visitor.page.text
    visitor.open(f"/auth/signin?next={ticket}")
    visitor.send("/auth/signin", email="seller@example.com", password="correct horse")
    assert visitor.path == ticket


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_signing_in_never_leads_off_the_site(market: Marketplace, elsewhere: str) -> None:
    visitor = market.browser().open(f"/auth/signup?next={elsewhere}")
    visitor.send("/auth/signup", email="a@example.com", password="correct horse", next=elsewhere)
    assert visitor.path == "/"


def test_search_by_words_and_price_and_order(seller: Browser, buyer: Browser) -> None:
    for title, price in [("Jazz night", "30"), ("Jazz morning", "10"), ("Opera", "20")]:
        seller.sell(title, price)
    found = buyer.open("/?q=jazz&sort=cheapest").text
    assert found.index("Jazz morning") < found.index("Jazz night")
    assert "Opera $" not in found
    assert "Opera $20.00" in buyer.open("/?minPrice=15&maxPrice=25").text
    assert "Jazz night $" not in buyer.text
    assert "No tickets match this search" in buyer.open("/?q=tennis").text
    assert 'value="tennis"' in buyer.page.text


def test_a_search_that_makes_no_sense_says_where(buyer: Browser) -> None:
    buyer.open("/?minPrice=cheap")
    assert buyer.page.status_code == 400
    assert 'id="minPrice-error"' in buyer.page.text
    assert 'value="cheap"' in buyer.page.text


def test_the_market_goes_on_for_pages(seller: Browser, buyer: Browser) -> None:
    for number in range(30):
        seller.sell(f"Ticket number {number}")
    seen = re.findall(r"Ticket number \d+", buyer.open("/").text)
    [following] = re.findall(r'href="([^"]*)" rel="next"', buyer.page.text)
    seen += re.findall(r"Ticket number \d+", buyer.open(html.unescape(following)).text)
    assert sorted(seen) == sorted(f"Ticket number {number}" for number in range(30))
    assert 'rel="next"' not in buyer.page.text
    assert "First page" in buyer.text
