"""What a page must never do, whoever made its content or its address."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from ticketing.common.testing.browser import chromium
from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.person import PASSWORD, Person
from ticketing.local.tests.running import Platform

TITLES = [
    "<script>document.title = 'taken over'</script>",
    '"><img src=x onerror="document.title = 1">',
    "{{ 7 * 7 }} ${7 * 7} &lt;b&gt;",
]
CARD = "4242424242424242"
ABROAD = [
    "https://example.org/",
    "//example.org/",
    "/\\example.org/",
    "/\t/example.org/",
    "/%2f/example.org/",
    "javascript:alert(1)",
    "\\\\example.org",
]


@pytest.mark.parametrize("title", TITLES, ids=["script", "attribute", "template"])
def test_a_title_is_only_text(person: NewPerson, title: str) -> None:
    seller, buyer = person().join(), person().join()
    ticket = seller.call("POST", "/tickets", {"title": title, "price": 5})
    own = f"/tickets/{ticket['id']}"
    for path in ("/", own, "/sell", f"{own}/edit"):
        _shows_as_text(seller, path, title)
    order = buyer.buy(own)
    for path in (own, order, "/orders"):
        _shows_as_text(buyer, path, title)


def test_no_address_leads_away_after_signing_in(person: NewPerson) -> None:
    visitor = person().join()
    for place in ABROAD:
        visitor.context.clear_cookies()
        visitor.go(f"/auth/signin?next={quote(place, safe='')}")
        visitor.fill("Email", visitor.email)
        visitor.fill("Password", PASSWORD)
        visitor.press("Sign in")
        expect(visitor.button("Sign out")).to_be_visible()
        assert visitor.page.url.startswith(f"{visitor.url}/"), place


def test_back_shows_how_things_are_now(person: NewPerson) -> None:
    seller, buyer = person().join(), person().join()
    ticket = seller.call("POST", "/tickets", {"title": "There and back", "price": 5})
    buyer.go("/")
    buyer.link("There and back").click()
    buyer.press("Buy")
    expect(buyer.heading("Yours for the moment")).to_be_visible()
    buyer.page.go_back()
    expect(buyer.link("Pay for it")).to_be_visible()
    assert buyer.path == f"/tickets/{ticket['id']}"
    buyer.page.go_back()
    expect(buyer.heading("Tickets on sale")).to_be_visible()
    buyer.page.go_forward()
    expect(buyer.link("Pay for it")).to_be_visible()
    buyer.link("Pay for it").click()
    buyer.press("Cancel order")
    expect(buyer.heading("Order cancelled")).to_be_visible()
    buyer.page.go_back()
    expect(buyer.heading("Order cancelled").or_(buyer.button("Buy"))).to_be_visible()


def test_back_shows_nothing_of_who_has_signed_out(
    person: NewPerson, browser: Browser, platform: Platform
) -> None:
    usual = browser.browser_type.launch(
        executable_path=chromium(), ignore_default_args=["--disable-back-forward-cache"]
    )
    seller, buyer = person().join(), Person(usual.new_context(), platform.url).join()
    title = "Known to the buyer alone"
    ticket = seller.call("POST", "/tickets", {"title": title, "price": 5})
    order = buyer.buy(f"/tickets/{ticket['id']}")
    for path in ("/orders", order):
        buyer.go(path)
        expect(buyer.link(title)).to_be_visible()
    buyer.press("Sign out")
    expect(buyer.heading("Tickets on sale")).to_be_visible()
    for _ in ("/orders", order):
        buyer.page.go_back()
        expect(buyer.heading("Sign in")).to_be_visible()
        assert title not in buyer.page.content()
    usual.close()


def test_a_form_from_another_session_is_refused(person: NewPerson) -> None:
    seller = person().join()
    seller.go("/tickets/new")
    seller.fill("Title", "Not mine")
    seller.fill("Price", "5")
    seller.page.locator("form[action='/tickets/new'] input[name=csrf]").evaluate(
        "field => { field.value = 'of another visitor' }"
    )
    seller.press("List ticket")
    expect(seller.heading("Please send that again")).to_be_visible()
    assert seller.call("GET", "/tickets/mine") == []


def test_no_card_number_is_kept_or_logged_anywhere(person: NewPerson, platform: Platform) -> None:
    seller, buyer = person().join(), person().join()
    marker = "A marker that is kept and must be found"
    ticket = seller.call("POST", "/tickets", {"title": marker, "price": 5})
    sent: list[str] = []
    buyer.page.on("request", lambda each: sent.append(f"{each.url} {each.post_data}"))
    buyer.buy(f"/tickets/{ticket['id']}")
    card = buyer.card()
    card.get_by_label("Card number").press_sequentially(CARD)
    card.get_by_label("Expiry date").press_sequentially("1234")
    card.get_by_label("Security code").press_sequentially("987")
    buyer.pay()
    expect(buyer.heading("The ticket is yours")).to_be_visible()

    ours = [each for each in sent if each.startswith(platform.url)]
    assert any("/api/payments" in each for each in ours)
    assert not any(_holds_card(each.encode()) for each in ours)
    files = [file for file in platform.data_dir.rglob("*") if file.is_file()]
    assert any(marker.encode() in file.read_bytes() for file in files)
    assert [file for file in files if _holds_card(file.read_bytes())] == []


def _shows_as_text(visitor: Person, path: str, title: str) -> None:
    visitor.go(path)
    expect(visitor.page).to_have_title(re.compile("Ticketing$"))
    field = visitor.page.get_by_label("Title", exact=True)
    assert visitor.page.get_by_text(title).count() or field.input_value() == title, path
    assert visitor.page.locator("main script, main img").count() == 0, path


def _holds_card(content: bytes) -> bool:
    return bool(re.search(rb"4242[ +%20-]{0,3}4242[ +%20-]{0,3}4242", content))
