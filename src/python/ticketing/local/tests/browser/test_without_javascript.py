"""All but the card works without JavaScript."""

from playwright.sync_api import expect

from ticketing.local.tests.browser.conftest import NewPerson


def test_selling_and_ordering_need_no_javascript(person: NewPerson) -> None:
    seller = person(java_script_enabled=False).sign_up()
    ticket = seller.sell("Lantern Walk", "12.50")
    buyer = person(java_script_enabled=False).sign_up()
    buyer.go("/")
    buyer.fill("Search for", "lantern")
    buyer.press("Search")
    buyer.link("Lantern Walk").click()
    buyer.press("Buy")
    expect(buyer.heading("Yours for the moment")).to_be_visible()
    expect(buyer.page.locator("noscript p").first).to_be_visible()
    expect(buyer.page.get_by_text("Pay $12.50")).to_be_hidden()
    expect(buyer.page.get_by_role("main")).to_contain_text("UTC")
    buyer.press("Cancel order")
    expect(buyer.heading("Order cancelled")).to_be_visible()
    buyer.go("/orders")
    expect(buyer.page.get_by_role("main")).to_contain_text("Cancelled")
    buyer.go(ticket)
    expect(buyer.button("Buy")).to_be_visible()


def test_a_listing_is_edited_withdrawn_and_listed_again(person: NewPerson) -> None:
    seller, visitor = person(java_script_enabled=False).sign_up(), person()
    ticket = seller.sell("Lantern Walk", "12.50")
    seller.link("Edit").click()
    seller.fill("Price", "13")
    seller.press("Save changes")
    expect(seller.page.get_by_role("main")).to_contain_text("$13.00")
    seller.press("Withdraw")
    expect(seller.page.get_by_role("main")).to_contain_text("Withdrawn")
    visitor.go(ticket)
    expect(visitor.page.get_by_role("main")).to_contain_text("taken it off the market")
    seller.page.get_by_role("button", name="Put on sale again").click()
    expect(seller.page.get_by_role("main")).to_contain_text("On sale")
    seller.press("Sign out")
    expect(seller.page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


def test_a_mistake_is_told_beside_its_field_and_what_was_typed_is_kept(person: NewPerson) -> None:
    seller = person(java_script_enabled=False).sign_up()
    seller.go("/tickets/new")
    seller.fill("Title", "Lantern Walk")
    seller.fill("Price", "a lot")
    seller.press("List ticket")
    price = seller.page.get_by_label("Price", exact=True)
    expect(price).to_have_value("a lot")
    expect(price).to_have_attribute("aria-invalid", "true")
    expect(price).to_be_focused()
    described = str(price.get_attribute("aria-describedby")).split()
    assert any("rice" in seller.page.locator(f"#{each}").inner_text() for each in described)
    expect(seller.page.get_by_label("Title", exact=True)).to_have_value("Lantern Walk")
