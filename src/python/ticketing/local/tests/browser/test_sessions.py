"""Sessions as people see them: they go on while a page is open, and end everywhere at once."""

from playwright.sync_api import expect

from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.person import PASSWORD, Person

SECONDS = 30_000
"""Milliseconds in which what happened in one browser must show in another; mostly two seconds."""


def outlive_the_token(person: Person) -> None:
    """As after ten minutes: the access token is no good any more, all else is as it was."""
    person.context.clear_cookies(name="session")


def sign_in(person: Person, email: str, password: str = PASSWORD) -> Person:
    person.go("/auth/signin")
    person.fill("Email", email)
    person.fill("Password", password)
    person.press("Sign in")
    return person


def at_the_till(buyer: Person, seller: Person) -> str:
    """The order's path."""
    ticket = seller.call("POST", "/tickets", {"title": "A long evening", "price": 12})
    order = buyer.buy(f"/tickets/{ticket['id']}")
    expect(buyer.card().get_by_label("Card number")).to_be_visible()
    return order


def test_a_page_that_is_open_for_longer_than_a_token_is_good_can_be_paid(
    person: NewPerson,
) -> None:
    seller, buyer = person().join(), person().join()
    at_the_till(buyer, seller)
    buyer.take_card("Succeeds")
    outlive_the_token(buyer)
    buyer.pay()
    expect(buyer.heading("The ticket is yours")).to_be_visible()
    assert any(cookie["name"] == "session" for cookie in buyer.context.cookies())


def test_forms_and_links_of_an_old_page_work(person: NewPerson) -> None:
    seller = person().join()
    seller.go("/tickets/new")
    seller.fill("Title", "Written slowly")
    seller.fill("Price", "5")
    outlive_the_token(seller)
    seller.press("List ticket")
    expect(seller.heading("Written slowly")).to_be_visible()
    outlive_the_token(seller)
    seller.page.get_by_role("link", name="My orders").click()
    expect(seller.heading("My orders")).to_be_visible()
    expect(seller.button("Sign out")).to_be_visible()


def test_two_tabs_that_open_at_once_stay_signed_in(person: NewPerson) -> None:
    visitor = person().join()
    visitor.go("/sell")
    outlive_the_token(visitor)
    visitor.page.evaluate(
        "Promise.all(['/sell', '/orders', '/sell', '/orders'].map((path) => fetch(path)))"
    )
    for path in ("/sell", "/orders"):
        visitor.go(path)
        assert visitor.path == path
    outlive_the_token(visitor)
    visitor.go("/sell")
    assert visitor.path == "/sell"


def test_signing_out_everywhere_in_one_browser_shows_in_the_other(person: NewPerson) -> None:
    seller, here, there = person().join(), person().sign_up(), person()
    sign_in(there, here.email)
    expect(there.button("Sign out")).to_be_visible()
    at_the_till(there, seller)
    here.page.get_by_role("link", name=here.email).click()
    here.press("Sign out everywhere")
    expect(here.page.get_by_role("status").first).to_contain_text("signed out everywhere")
    expect(there.heading("Sign in")).to_be_visible(timeout=SECONDS)
    assert "refresh" not in {cookie["name"] for cookie in there.context.cookies()}


def test_another_password_signs_out_the_other_browser_and_not_this_one(person: NewPerson) -> None:
    seller, here, there = person().join(), person().sign_up(), person()
    sign_in(there, here.email)
    expect(there.button("Sign out")).to_be_visible()
    at_the_till(there, seller)
    here.go("/account")
    here.fill("New password", "another battery staple")
    section = here.page.get_by_role("region", name="Change your password")
    section.get_by_label("Current password").fill(PASSWORD)
    here.press("Change password")
    expect(here.page.get_by_role("main")).to_contain_text("Your password is changed")
    expect(there.heading("Sign in")).to_be_visible(timeout=SECONDS)
    here.go("/sell")
    assert here.path == "/sell"
    sign_in(there, here.email, "another battery staple")
    expect(there.button("Sign out")).to_be_visible()
