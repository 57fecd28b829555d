"""The whole purchase by the keyboard alone, and what a screen reader is told on the way."""

from playwright.sync_api import Page, expect

from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.person import PASSWORD

# Further from one thing to the next than any page is long.
MANY_TABS = 60

FOCUSED = """() => {
    const at = document.activeElement;
    if (at === document.body) return "BODY";
    const label = at.labels && at.labels.length ? at.labels[0].innerText : "";
    return label || at.getAttribute("title") || at.innerText || at.tagName;
}"""
OUTLINED = """() => {
    if (document.activeElement.matches("iframe")) return true;  // what is inside it shows it
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


def test_a_ticket_is_bought_by_the_keyboard_alone(person: NewPerson) -> None:
    seller, buyer = person().join(), person()
    seller.call("POST", "/tickets", {"title": "Keys and Strings", "price": 21})
    page = buyer.page
    buyer.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the content"
    page.keyboard.press("Enter")

    _follow(page, "Keys and Strings")
    _follow(page, "Sign in to buy")
    _follow(page, "Sign up", within="main")
    _reach(page, "Email")
    page.keyboard.type(buyer.email)
    _reach(page, "Password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(buyer.button("Buy")).to_be_visible()
    _follow(page, "Buy")
    expect(buyer.button("Pay $21.00")).to_be_visible()
    _reach(page, "Secure card payment")
    expect(buyer.card().get_by_label("Card number")).to_be_focused()  # a moment later
    page.keyboard.type("4242424242424242")
    page.keyboard.press("Tab")
    page.keyboard.type("1234")
    page.keyboard.press("Tab")
    page.keyboard.type("123")
    _reach(page, "Pay $21.00")
    page.keyboard.press("Enter")
    expect(buyer.heading("The ticket is yours")).to_be_visible()
    expect(buyer.heading("The ticket is yours")).to_be_focused()
    expect(page.get_by_role("status")).to_be_empty()  # the heading has been read: not twice


def test_3d_secure_is_passed_by_the_keyboard_alone(person: NewPerson) -> None:
    seller, buyer = person().join(), person().join()
    ticket = seller.call("POST", "/tickets", {"title": "Keys and Strings", "price": 21})
    buyer.buy(f"/tickets/{ticket['id']}")
    card = buyer.card().get_by_role("button", name="Asks for 3-D Secure")
    card.focus()
    buyer.page.keyboard.press("Enter")
    _reach(buyer.page, "Pay $21.00")
    buyer.page.keyboard.press("Enter")
    expect(buyer.bank().get_by_role("button", name="Complete authentication")).to_be_focused()
    buyer.page.keyboard.press("Enter")
    expect(buyer.heading("The ticket is yours")).to_be_visible()


def _follow(page: Page, name: str, within: str = "body") -> None:
    _reach(page, name, within)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _reach(page: Page, name: str, within: str = "body") -> None:
    """By Tab; whatever has the focus on the way shows that it has."""
    for _ in range(MANY_TABS):
        page.keyboard.press("Tab")
        focused = str(page.evaluate(FOCUSED))
        if focused == "BODY":
            continue
        assert page.evaluate(OUTLINED), f"{focused}: no visible focus"
        inside = page.evaluate("within => !!document.activeElement.closest(within)", within)
        if focused.startswith(name) and inside:
            return
    raise AssertionError(f"{name} cannot be reached by Tab")
