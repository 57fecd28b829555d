"""From the first visit to a ticket that is paid for, with each kind of card."""

from playwright.sync_api import expect

from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.person import Person
from ticketing.local.tests.running import Platform
from ticketing.local.tests.stripe_books import StripeBooks


def test_two_newcomers_sell_and_buy_a_ticket(person: NewPerson) -> None:
    seller, buyer = person(), person()
    seller.go("/")
    seller.page.get_by_role("main").get_by_role("link", name="sell").first.click()
    seller.link("Sign up").click()
    seller.fill("Email", seller.email)
    seller.fill("Password", "correct horse battery")
    seller.press("Sign up")
    seller.fill("Title", "Midnight Choir, balcony")
    seller.fill("Price", "25")
    seller.press("List ticket")
    expect(seller.heading("Midnight Choir, balcony")).to_be_visible()

    buyer.go("/")
    buyer.link("Midnight Choir").click()
    buyer.link("Sign in to buy").click()
    buyer.link("Sign up").click()
    buyer.fill("Email", buyer.email)
    buyer.fill("Password", "correct horse battery")
    buyer.press("Sign up")
    buyer.press("Buy")
    expect(buyer.button("Pay $25.00")).to_be_visible()
    buyer.take_card("Succeeds")
    buyer.pay()
    expect(buyer.heading("The ticket is yours")).to_be_visible()
    expect(buyer.button("Cancel order")).to_have_count(0)

    expect(seller.page.get_by_role("main")).to_contain_text("Sold")
    seller.go("/sell")
    expect(seller.page.get_by_role("main")).to_contain_text("Sold in the last 30 days: $25.00")
    buyer.go("/orders")
    expect(buyer.page.get_by_role("main")).to_contain_text("Bought")


def test_after_a_decline_another_card_buys(person: NewPerson, platform: Platform) -> None:
    buyer = _at_the_till(person)
    buyer.take_card("Is declined")
    buyer.pay()
    expect(buyer.page.get_by_role("alert").filter(has_text="declined")).to_be_visible()
    assert _kept(platform, buyer) == 0
    buyer.take_card("Succeeds")
    buyer.pay()
    expect(buyer.heading("The ticket is yours")).to_be_visible()
    assert _kept(platform, buyer) == 1850


def test_3d_secure_buys_once_it_is_confirmed(person: NewPerson, platform: Platform) -> None:
    buyer = _at_the_till(person)
    buyer.take_card("Asks for 3-D Secure")
    buyer.pay()
    buyer.bank().get_by_role("button", name="Complete authentication").click()
    expect(buyer.heading("The ticket is yours")).to_be_visible()
    assert _kept(platform, buyer) == 1850


def test_after_3d_secure_has_failed_another_card_buys(person: NewPerson) -> None:
    buyer = _at_the_till(person)
    buyer.take_card("Asks for 3-D Secure")
    buyer.pay()
    buyer.bank().get_by_role("button", name="Fail authentication").click()
    expect(buyer.page.get_by_role("alert").filter(has_text="could not confirm")).to_be_visible()
    buyer.take_card("Succeeds")
    buyer.pay()
    expect(buyer.heading("The ticket is yours")).to_be_visible()


def test_a_card_can_be_typed(person: NewPerson) -> None:
    buyer = _at_the_till(person)
    buyer.pay()
    expect(buyer.card().get_by_role("alert").filter(has_text="incomplete")).not_to_have_count(0)
    buyer.card().get_by_label("Card number").press_sequentially("4242424242424242")
    buyer.card().get_by_label("Expiry date").press_sequentially("1234")
    buyer.card().get_by_label("Security code").press_sequentially("123")
    buyer.pay()
    expect(buyer.heading("The ticket is yours")).to_be_visible()


def test_double_clicks_do_everything_once(person: NewPerson, platform: Platform) -> None:
    seller, buyer = person().join(), person().join()
    seller.go("/tickets/new")
    seller.fill("Title", "Twice the fun")
    seller.fill("Price", "18.50")
    seller.button("List ticket").dblclick()
    expect(seller.heading("Twice the fun")).to_be_visible()
    assert len(seller.call("GET", "/tickets/mine")) == 1

    buyer.go(seller.path)
    buyer.button("Buy").dblclick()
    buyer.page.wait_for_url("**/orders/*")
    assert len(buyer.call("GET", "/orders")) == 1
    buyer.take_card("Succeeds")
    buyer.button("Pay $18.50").dblclick()
    expect(buyer.heading("The ticket is yours")).to_be_visible()
    assert _kept(platform, buyer) == 1850


def _at_the_till(person: NewPerson) -> Person:
    seller, buyer = person().join(), person().join()
    ticket = seller.call("POST", "/tickets", {"title": "A matinee", "price": 18.5})
    buyer.buy(f"/tickets/{ticket['id']}")
    return buyer


def _kept(platform: Platform, buyer: Person) -> int:
    """Cents that Stripe has taken and not given back for the order on the buyer's screen."""
    order_id = buyer.path.rpartition("/")[2]
    return StripeBooks(platform.processes()["stripe"]["port"]).kept(order_id)
