"""One's own account: its e-mail address and password, and where one is signed in."""

import re

import pytest

from ticketing.local.tests.pages.marketplace import Browser, Marketplace

EMAIL, PASSWORD = "/account/email", "/account/password"
NOWHERE = "redis://127.0.0.1:1/0"


def sign_in(market: Marketplace, email: str, password: str) -> Browser:
    browser = market.browser().open("/auth/signin")
    return browser.send("/auth/signin", email=email, password=password)


def is_signed_in(browser: Browser) -> bool:
    return browser.open("/").has_form("/auth/signout")


def let_token_run_out(browser: Browser) -> None:
    """Minutes later; where all sessions were ended, seconds."""
    assert browser.client.get_cookie("session")
    browser.client.delete_cookie("session")


def test_the_header_leads_to_ones_account(buyer: Browser) -> None:
    assert 'href="/account"' in buyer.page.text
    buyer.open("/account")
    assert "You sign in with buyer@example.com." in buyer.text
    assert all(buyer.has_form(path) for path in (EMAIL, PASSWORD, "/account/signout"))


def test_a_stranger_signs_in_first(market: Marketplace) -> None:
    stranger = market.browser().open("/account")
    assert stranger.path == "/auth/signin"


def test_another_email_address_signs_in_from_then_on(market: Marketplace, buyer: Browser) -> None:
    other = sign_in(market, "buyer@example.com", "correct horse")
    buyer.open("/account").send(EMAIL, email="new@example.com", currentPassword="correct horse")
    assert buyer.path == "/account"
    assert "Your e-mail address is changed. You are signed out everywhere else." in buyer.text
    assert "You sign in with new@example.com." in buyer.text
    assert is_signed_in(buyer)
    assert not is_signed_in(sign_in(market, "buyer@example.com", "correct horse"))
    assert is_signed_in(sign_in(market, "new@example.com", "correct horse"))
    let_token_run_out(other)
    assert not is_signed_in(other)


def test_another_password_signs_in_from_then_on(market: Marketplace, buyer: Browser) -> None:
    changed = {"password": "battery staple", "currentPassword": "correct horse"}
    buyer.open("/account").send(PASSWORD, **changed)
    assert "Your password is changed. You are signed out everywhere else." in buyer.text
    assert is_signed_in(buyer)
    assert not is_signed_in(sign_in(market, "buyer@example.com", "correct horse"))
    assert is_signed_in(sign_in(market, "buyer@example.com", "battery staple"))


def test_no_page_cuts_a_password_of_128_emoji(market: Marketplace, buyer: Browser) -> None:
    faces = "\N{GRINNING FACE}" * 128
    pages = [buyer.open("/account").page.text]
    buyer.send(PASSWORD, password=faces, currentPassword="correct horse")
    assert is_signed_in(sign_in(market, "buyer@example.com", faces))
    pages += [market.browser().open(f"/auth/{path}").page.text for path in ("signin", "signup")]
    typed = re.findall(r'<input[^>]*type="password"[^>]*>', "".join(pages))
    assert len(typed) == 5
    assert not any("length" in field for field in typed)  # which HTML counts in UTF-16


@pytest.mark.parametrize(
    ("form", "fields", "said"),
    [
        (EMAIL, {"email": "new@example.com", "currentPassword": "not it"}, "Password is wrong"),
        (EMAIL, {"email": "new", "currentPassword": "correct horse"}, "Email must be valid"),
        (EMAIL, {"email": "seller@example.com", "currentPassword": "correct horse"}, "in use"),
        (PASSWORD, {"password": "battery staple", "currentPassword": "x"}, "Password is wrong"),
        (PASSWORD, {"password": "password1", "currentPassword": "x"}, "Password is too common"),
        (
            PASSWORD,
            {"password": "no\u200bbreak at all", "currentPassword": "x"},
            "control characters",
        ),
        (PASSWORD, {"password": "short", "currentPassword": "x"}, "between 8 and 128 characters"),
    ],
)
def test_a_mistake_is_told_beside_its_form_and_changes_nothing(
    market: Marketplace,
    seller: Browser,
    buyer: Browser,
    form: str,
    fields: dict[str, str],
    said: str,
) -> None:
    buyer.open("/account").send(form, **fields)
    assert buyer.page.status_code == 400
    inside = buyer.page.text.partition(f'action="{form}"')[2].partition("</form>")[0]
    assert said in inside
    outside = buyer.page.text.replace(inside, "")
    assert said not in outside
    assert is_signed_in(sign_in(market, "buyer@example.com", "correct horse"))


def test_what_was_typed_stays_but_for_passwords(buyer: Browser) -> None:
    buyer.open("/account").send(EMAIL, email="new@example.com", currentPassword="not this one")
    assert 'value="new@example.com"' in buyer.page.text
    assert "not this one" not in buyer.page.text


def test_signing_out_everywhere_ends_it_in_this_browser_and_the_others(
    market: Marketplace, buyer: Browser
) -> None:
    other = sign_in(market, "buyer@example.com", "correct horse")
    buyer.open("/account").send("/account/signout")
    assert buyer.path == "/"
    assert "You are signed out everywhere." in buyer.text
    assert not is_signed_in(buyer)
    let_token_run_out(other)
    assert not is_signed_in(other)


def test_a_page_that_is_open_for_longer_than_a_token_is_good_still_works(seller: Browser) -> None:
    seller.open("/tickets/new")
    let_token_run_out(seller)
    seller.send("/tickets/new", title="Jazz", price="5")
    assert "Your ticket is on sale." in seller.text
    let_token_run_out(seller)
    assert "Jazz" in seller.open("/sell").text
    seller.open("/account")
    let_token_run_out(seller)
    seller.send("/account/signout")
    assert "You are signed out everywhere." in seller.text
    assert not is_signed_in(seller)


def test_who_tries_too_often_is_asked_to_wait() -> None:
    market = Marketplace(SIGN_INS_PER_ACCOUNT="2/10 minutes", LIMITS_REDIS_URL=NOWHERE)
    market.browser().sign_up("ann@example.com")
    visitor = market.browser().open("/auth/signin")
    for _ in range(3):
        visitor.send("/auth/signin", email="ann@example.com", password="not it")
    assert re.search("That was a bit often. Please wait [0-9]+ (seconds|minutes)", visitor.text)
    assert 'value="ann@example.com"' in visitor.page.text
    assert visitor.has_form("/auth/signin")


def test_who_holds_as_many_tickets_as_one_may_is_told(seller: Browser, buyer: Browser) -> None:
    tickets = [seller.sell(title) for title in ("Jazz", "Opera", "Match")]
    for ticket in tickets[:2]:
        buyer.buy(ticket)
    buyer.open(tickets[2]).send(f"{tickets[2]}/buy")
    assert buyer.path == tickets[2]
    assert "You can hold at most 2 tickets at once" in buyer.text
