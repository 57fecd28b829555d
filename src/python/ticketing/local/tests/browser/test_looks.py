"""Every page in every state passes axe and fits a phone; the pictures show it to people."""

import re

import pytest
from playwright.sync_api import expect

from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.person import Person
from ticketing.local.tests.browser.scrutiny import look_at

TITLES = (
    ("The Clockmaker's Daughter, stalls", 56),
    ("Northgate Rovers v Eastmere United, north stand", 31.5),
    ("A title as long as they come, with a Donaudampfschifffahrtsgesellschaftskapitän in it", 8),
)


@pytest.mark.parametrize("path", ["/auth/signup", "/auth/signin"])
def test_a_stranger_at_a_form(person: NewPerson, path: str) -> None:
    stranger = person()
    name = path.rpartition("/")[2]
    stranger.go(path)
    look_at(stranger.page, name)
    stranger.fill("Email", "nobody")
    stranger.fill("Password", "x")
    stranger.page.get_by_role("main").get_by_role("button").click()
    expect(stranger.page.get_by_role("main")).to_contain_text(re.compile("valid|wrong", re.I))
    look_at(stranger.page, f"{name}-mistakes")


def test_what_a_stranger_finds(person: NewPerson) -> None:
    stranger, seller = person(), person().join()
    stranger.go("/")
    expect(stranger.page.get_by_role("main")).to_contain_text("Nothing is on sale yet")
    look_at(stranger.page, "market-empty")
    listed = _listed(seller)
    look_at_path(stranger, "/", "market")
    look_at_path(stranger, "/?q=nosuchthing", "market-nothing-found")
    look_at_path(stranger, "/?minPrice=much", "market-mistake")
    look_at_path(stranger, f"/tickets/{listed[0]}", "ticket-to-a-stranger")
    look_at_path(stranger, "/nowhere", "not-found")


def test_what_a_seller_sees(person: NewPerson) -> None:
    seller, buyer = person().join(), person().join()
    look_at_path(seller, "/sell", "sell-empty")
    look_at_path(seller, "/tickets/new", "new-ticket")
    seller.press("List ticket")
    expect(seller.page.get_by_label("Title", exact=True)).to_have_attribute("aria-invalid", "true")
    look_at(seller.page, "new-ticket-mistakes")
    on_sale, held, sold = _listed(seller)
    withdrawn = seller.call("POST", "/tickets", {"title": "Second thoughts", "price": 3})["id"]
    seller.call("POST", f"/tickets/{withdrawn}/withdraw")
    _order(buyer, held)
    _pay(buyer, _order(buyer, sold))
    seller.go(f"/tickets/{sold}")
    expect(seller.page.get_by_role("main")).to_contain_text("Sold")
    look_at(seller.page, "own-ticket-sold")
    for name, ticket in (("on-sale", on_sale), ("held", held), ("withdrawn", withdrawn)):
        look_at_path(seller, f"/tickets/{ticket}", f"own-ticket-{name}")
    look_at_path(seller, f"/tickets/{on_sale}/edit", "edit-ticket")
    look_at_path(seller, f"/tickets/{held}/edit", "edit-ticket-held")
    look_at_path(seller, "/sell", "sell")
    look_at_path(buyer, f"/tickets/{on_sale}/edit", "not-yours")


def test_what_a_buyer_sees(person: NewPerson) -> None:
    seller, buyer = person().join(), person().join()
    look_at_path(buyer, "/orders", "orders-empty")
    first, second, third = _listed(seller)
    look_at_path(buyer, f"/tickets/{first}", "ticket")
    order = _order(buyer, first)
    buyer.go(f"/orders/{order}")
    expect(buyer.card().get_by_label("Card number")).to_be_visible()
    look_at(buyer.page, "order-created")
    buyer.take_card("Is declined")
    buyer.pay()
    expect(buyer.page.get_by_role("alert").filter(has_text="declined")).to_be_visible()
    expect(buyer.page.get_by_role("main")).to_contain_text("Awaiting payment")
    look_at(buyer.page, "order-declined")
    buyer.take_card("Asks for 3-D Secure")
    buyer.pay()
    expect(buyer.bank().get_by_role("button", name="Complete authentication")).to_be_visible()
    look_at(buyer.page, "order-3d-secure")
    buyer.bank().get_by_role("button", name="Complete authentication").click()
    expect(buyer.heading("The ticket is yours")).to_be_visible()
    look_at(buyer.page, "order-complete")
    look_at_path(buyer, f"/tickets/{first}", "ticket-bought")

    buyer.buy(f"/tickets/{second}")
    look_at_path(buyer, f"/tickets/{second}", "ticket-held-by-oneself")
    look_at_path(person().join(), f"/tickets/{second}", "ticket-held-by-another")
    buyer.link("Pay for it").click()
    buyer.press("Cancel order")
    expect(buyer.heading("Order cancelled")).to_be_visible()
    look_at(buyer.page, "order-cancelled")
    buyer.buy(f"/tickets/{third}")
    look_at_path(buyer, "/orders", "orders")


def test_what_one_sees_of_the_own_account(person: NewPerson) -> None:
    visitor = person().join()
    look_at_path(visitor, "/account", "account")
    visitor.press("Change password")
    expect(visitor.page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    look_at(visitor.page, "account-mistakes")


def look_at_path(person: Person, path: str, name: str) -> None:
    person.go(path)
    look_at(person.page, name)


def _listed(seller: Person) -> list[str]:
    tickets = [{"title": title, "price": price} for title, price in TITLES]
    return [str(seller.call("POST", "/tickets", ticket)["id"]) for ticket in tickets]


def _order(buyer: Person, ticket: str) -> str:
    buyer.buy(f"/tickets/{ticket}")
    return buyer.path.rpartition("/")[2]


def _pay(buyer: Person, order: str) -> None:
    buyer.go(f"/orders/{order}")
    buyer.take_card("Succeeds")
    buyer.pay()
    expect(buyer.heading("The ticket is yours")).to_be_visible()
