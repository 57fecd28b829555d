"""3-D Secure in a browser: a dialog over the shop, with the stand-in's frame for a bank."""

import pytest
import stripe
from playwright.sync_api import Page, expect

from ticketing.stripe_fake.tests.browsing import Buyer, barriers, frame_of
from ticketing.stripe_fake.tests.buying import authenticate, begin, pay


def ask_for_authentication(buyer: Buyer, client: stripe.StripeClient) -> stripe.PaymentIntent:
    """An intent that waits, with the bank's frame open over the shop."""
    buyer.card.get_by_role("button", name="3-D Secure").click()
    intent = pay(client, begin(client), buyer.pay()["paymentMethod"]["id"])
    assert intent.status == "requires_action"
    buyer.confirm(intent.client_secret or "")
    return intent


def test_the_buyer_completes_3_d_secure(buyer: Buyer, client: stripe.StripeClient) -> None:
    intent = ask_for_authentication(buyer, client)
    complete = buyer.bank.get_by_role("button", name="Complete authentication")
    expect(complete).to_be_focused()
    expect(buyer.bank.get_by_role("status")).to_contain_text("$10.00")
    complete.press("Enter")
    assert buyer.result()["paymentIntent"]["status"] == "succeeded"
    expect(buyer.page.locator("dialog")).to_have_count(0)
    assert buyer.focused() == "Confirm"
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize("way", ["button", "escape in the frame", "escape in the page"])
def test_the_buyer_fails_or_leaves_3_d_secure(
    buyer: Buyer, client: stripe.StripeClient, way: str
) -> None:
    intent = ask_for_authentication(buyer, client)
    fail = buyer.bank.get_by_role("button", name="Fail authentication")
    if way == "button":
        fail.click()
    elif way == "escape in the frame":
        fail.press("Escape")
    else:
        buyer.page.evaluate("document.activeElement.blur()")
        buyer.page.keyboard.press("Escape")
    error = buyer.result()["error"]
    assert error["code"] == "payment_intent_authentication_failure"
    assert error["payment_intent"]["status"] == "requires_payment_method"
    expect(buyer.page.locator("dialog")).to_have_count(0)
    assert buyer.focused() == "Confirm"
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_an_intent_that_asks_for_nothing_is_an_error(
    buyer: Buyer, client: stripe.StripeClient
) -> None:
    secret = begin(client).client_secret
    code = "secret => stripe.handleNextAction({ clientSecret: secret })"
    error = buyer.page.evaluate(code, secret)["error"]
    assert error["code"] == "payment_intent_unexpected_state"
    expect(buyer.page.locator("dialog")).to_have_count(0)


def test_an_intent_that_was_settled_meanwhile_is_an_error(
    visitor: Buyer, client: stripe.StripeClient, url: str
) -> None:
    intent = ask_for_authentication(visitor.come(), client)
    authenticate(url, intent, "succeed")
    visitor.bank.get_by_role("button", name="Complete authentication").click()
    assert visitor.result()["error"]["code"] == "payment_intent_unexpected_state"
    visitor.complaints.clear()


def test_3_d_secure_can_be_tried_again_when_the_bank_was_away(
    visitor: Buyer, client: stripe.StripeClient
) -> None:
    ask_for_authentication(visitor.come(), client)
    visitor.page.route("**/authenticate", lambda route: route.abort())
    complete = visitor.bank.get_by_role("button", name="Complete authentication")
    complete.click()
    expect(visitor.bank.get_by_role("alert")).to_contain_text("Try again")
    visitor.page.unroute("**/authenticate")
    complete.click()
    assert "paymentIntent" in visitor.result()
    visitor.complaints.clear()


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_the_3_d_secure_dialog_has_no_barriers(
    buyer: Buyer, client: stripe.StripeClient, page: Page
) -> None:
    ask_for_authentication(buyer, client)
    frame = frame_of(page, "authentication")
    colour = frame.evaluate(
        "getComputedStyle(document.querySelector('.authentication')).backgroundColor"
    )
    assert barriers(frame, colour) == []
    expect(page.get_by_role("dialog", name="Card authentication")).to_be_visible()
