"""The stand-in's script and its card field in a browser, on a strict page of another origin."""

import pytest
import stripe
from playwright.sync_api import Page, expect

from ticketing.stripe_fake.tests.browsing import Buyer, barriers, frame_of
from ticketing.stripe_fake.tests.buying import begin, pay

VISA = "4242424242424242"
BACKGROUND = {"light": "#fff", "dark": "#222634"}


def test_a_typed_card_becomes_a_payment_method_and_pays(
    buyer: Buyer, client: stripe.StripeClient
) -> None:
    buyer.write(VISA)
    method = buyer.pay()["paymentMethod"]
    assert method["card"]["last4"] == "4242"
    assert pay(client, begin(client), method["id"]).status == "succeeded"


def test_the_number_never_reaches_the_page(buyer: Buyer) -> None:
    buyer.write(VISA)
    buyer.pay()
    heard = buyer.page.evaluate("heard.join(' ')")
    held = buyer.page.content() + str(buyer.page.evaluate("JSON.stringify({...sessionStorage})"))
    assert "pm_" in heard
    for kept in (heard, held):
        assert VISA not in kept.replace(" ", "")
    assert buyer.page.evaluate("document.querySelector('iframe').contentDocument") is None


@pytest.mark.parametrize(
    ("button", "last4"), [("Succeeds", "4242"), ("Is declined", "0002"), ("3-D Secure", "3220")]
)
def test_a_test_card_is_filled_in_by_its_button(buyer: Buyer, button: str, last4: str) -> None:
    buyer.card.get_by_role("button", name=button).click()
    expect(buyer.card.get_by_role("status")).to_contain_text(last4)
    assert buyer.change()["complete"] is True
    assert buyer.pay()["paymentMethod"]["card"]["last4"] == last4


def test_a_declined_card_can_be_followed_by_another(
    buyer: Buyer, client: stripe.StripeClient
) -> None:
    intent = begin(client)
    buyer.card.get_by_role("button", name="Is declined").click()
    with pytest.raises(stripe.CardError, match="declined"):
        pay(client, intent, buyer.pay()["paymentMethod"]["id"])
    buyer.card.get_by_role("button", name="Succeeds").click()
    assert pay(client, intent, buyer.pay()["paymentMethod"]["id"]).status == "succeeded"


def test_mistakes_are_said_next_to_their_fields(buyer: Buyer) -> None:
    buyer.write("4242424242424241", "0120", "12")
    error = buyer.pay()["error"]
    said = buyer.card.get_by_role("alert").all_text_contents()
    assert (error["type"], error["code"]) == ("validation_error", "invalid_number")
    assert said == [
        "The card number is invalid.",
        "The expiry year is in the past.",
        "The security code is incomplete.",
    ]
    expect(buyer.field("Card number")).to_be_focused()
    expect(buyer.field("Card number")).to_have_attribute("aria-invalid", "true")
    buyer.write(VISA)
    expect(buyer.field("Card number")).not_to_have_attribute("aria-invalid", "true")
    assert "paymentMethod" in buyer.pay()


def test_an_empty_form_is_not_sent(buyer: Buyer) -> None:
    assert buyer.pay()["error"]["code"] == "incomplete_number"
    assert buyer.page.evaluate("elements.submit().then(({ error }) => error.type)") == (
        "validation_error"
    )


def test_a_card_that_is_no_test_card_is_refused_by_the_api(visitor: Buyer) -> None:
    visitor.come().write("4111111111111111")
    error = visitor.pay()["error"]
    assert (error["type"], error["decline_code"]) == ("card_error", "test_mode_live_card")
    expect(visitor.field("Card number")).to_have_attribute("aria-invalid", "true")
    (complaint,) = visitor.complaints
    assert "402" in complaint
    visitor.complaints.clear()


@pytest.mark.parametrize(
    ("field", "keys", "shown"),
    [
        ("Card number", VISA, "4242 4242 4242 4242"),
        ("Card number", "4242 4242 x 42", "4242 4242 42"),
        ("Card number", "3782822463100055", "3782 822463 10005"),
        ("Expiry date", "134", "01 / 34"),
        ("Expiry date", "1/34", "01 / 34"),
        ("Expiry date", "7", "07 / "),
        ("Expiry date", "12/2034", "12 / 34"),
        ("Security code", "12345", "1234"),
    ],
)
def test_what_is_typed_is_written_in_the_usual_form(
    buyer: Buyer, field: str, keys: str, shown: str
) -> None:
    buyer.field(field).press_sequentially(keys)
    expect(buyer.field(field)).to_have_value(shown)


def test_a_digit_in_the_middle_can_be_mended(buyer: Buyer) -> None:
    number = buyer.field("Card number")
    number.press_sequentially("4243424242424242")
    for key in (*["ArrowLeft"] * 15, "Backspace", "2"):
        number.press(key)
    expect(number).to_have_value("4242 4242 4242 4242")
    expiry = buyer.field("Expiry date")
    expiry.press_sequentially("1134")
    for key in (*["Backspace"] * 6, "2", "3", "5"):
        expiry.press(key)
    expect(expiry).to_have_value("12 / 35")


def test_the_keyboard_is_enough(buyer: Buyer) -> None:
    keyboard = buyer.page.keyboard
    keyboard.press("Tab")
    for name, text in (("Card number", VISA), ("Expiry date", "1234"), ("Security", "123")):
        # As a person, who types once the cursor is there: into another process it takes a moment.
        expect(buyer.field(name)).to_be_focused()
        keyboard.type(text)
        keyboard.press("Tab")
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    assert "paymentMethod" in buyer.result()


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_the_card_field_has_no_barriers_and_fits(buyer: Buyer, page: Page) -> None:
    scheme = str(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches && 'dark'"))
    scheme = "dark" if scheme == "dark" else "light"
    page.set_viewport_size({"width": 320, "height": 700})
    buyer.pay()
    frame = frame_of(page, "card")
    assert barriers(frame, BACKGROUND[scheme]) == []
    root = "document.documentElement"
    assert frame.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    assert frame.evaluate(f"{root}.scrollHeight <= {root}.clientHeight")
    assert frame.evaluate(f"getComputedStyle({root}).colorScheme") == scheme
    node = "getComputedStyle(document.querySelector('iframe')).colorScheme"
    assert page.evaluate(node) == scheme


def test_the_theme_can_change_under_a_card_that_is_being_typed(buyer: Buyer) -> None:
    buyer.write(VISA)
    buyer.page.evaluate("elements.update({ appearance: { theme: 'night' } })")
    expect(buyer.card.locator("html")).to_have_attribute("data-theme", "night")
    assert "paymentMethod" in buyer.pay()


def test_nobody_but_the_frame_is_let_into_the_talk(buyer: Buyer) -> None:
    before = buyer.page.evaluate("channels")
    buyer.page.evaluate("postMessage({ type: 'stripe-stand-in:hello' })")
    frame_of(buyer.page, "card").evaluate("parent.postMessage({ type: 'hello' }, '*')")
    buyer.page.wait_for_function("() => heard.length > 1")
    assert (before, buyer.page.evaluate("channels")) == (1, 1)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Stripe()", "the publishable key is missing"),
        ("Stripe('sk_test_x')", "secret key"),
        ("Stripe('x')", "begins with pk_"),
        ("stripe.elements()", "mode"),
        ("stripe.elements({ mode: 'setup', currency: 'usd' })", "mode"),
        ("stripe.elements({ mode: 'payment', amount: 0, currency: 'usd' })", "amount"),
        ("stripe.elements({ mode: 'payment', amount: 9.5, currency: 'usd' })", "amount"),
        ("stripe.elements({ mode: 'payment', amount: 500, currency: 'USD' })", "currency"),
        ("elements.create('card')", "no element of type card"),
        ("elements.create('payment')", "one Payment Element only"),
        ("element.mount('#nowhere')", "no such element"),
        ("stripe.createPaymentMethod({})", "give it {elements}"),
        ("stripe.createPaymentMethod({ elements })", "elements.submit"),
        ("stripe.handleNextAction({ clientSecret: 'x' })", "clientSecret"),
    ],
)
def test_a_mistake_of_the_programmer_is_thrown(buyer: Buyer, code: str, message: str) -> None:
    thrown = buyer.page.evaluate(
        f"(async () => {code})().catch((e) => `${{e.name}} ${{e.message}}`)"
    )
    assert thrown.startswith("IntegrationError")
    assert message in thrown


def test_an_element_can_be_taken_away_and_put_back(buyer: Buyer) -> None:
    buyer.page.evaluate("element.unmount()")
    expect(buyer.page.locator("iframe")).to_have_count(0)
    assert "mounted" in buyer.page.evaluate("elements.submit().catch((e) => e.message)")
    buyer.page.evaluate("element.mount(document.querySelector('#card'))")
    buyer.write(VISA)
    assert "paymentMethod" in buyer.pay()


def test_a_stand_in_that_is_away_is_an_error_and_not_a_hang(visitor: Buyer) -> None:
    visitor.come().write(VISA)
    visitor.page.route("**/v1/payment_methods", lambda route: route.abort())
    assert visitor.pay()["error"]["type"] == "api_connection_error"
    visitor.page.unroute("**/v1/payment_methods")
    assert "paymentMethod" in visitor.pay()
    assert all("ERR_FAILED" in one for one in visitor.complaints)
    visitor.complaints.clear()


def test_a_frame_that_does_not_come_is_told_of(visitor: Buyer) -> None:
    visitor.page.route("**/frames/card", lambda route: route.abort())
    visitor.page.clock.install()
    visitor.page.goto(visitor.shop)
    visitor.page.clock.run_for(10_001)
    assert visitor.result()["loaderror"]["type"] == "api_connection_error"
    visitor.complaints.clear()
