"""3-D Secure: the intent waits for the buyer, whose bank reports through the test-only path."""

import pytest
import stripe

from ticketing.stripe_fake.tests.buying import authenticate, begin, charges, pay

ASKING = [
    "tok_threeDSecure2Required",
    "tok_threeDSecureRequired",
    "pm_card_threeDSecure2Required",
    "pm_card_authenticationRequired",
    "pm_card_authenticationRequiredOnSetup",
]


@pytest.mark.parametrize("card", ASKING)
def test_the_buyer_is_asked_and_then_charged(
    client: stripe.StripeClient, url: str, card: str
) -> None:
    intent = pay(client, begin(client), card)
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.type == "use_stripe_sdk"
    assert charges(client, intent) == []
    assert authenticate(url, intent, "succeed").json()["status"] == "succeeded"
    settled = client.v1.payment_intents.retrieve(intent.id)
    (charge,) = charges(client, intent)
    assert (settled.status, settled.next_action) == ("succeeded", None)
    assert settled.latest_charge == charge.id


def test_a_failed_authentication_leaves_the_intent_open(
    client: stripe.StripeClient, url: str
) -> None:
    intent = pay(client, begin(client), "pm_card_authenticationRequired")
    assert authenticate(url, intent, "fail").json()["status"] == "requires_payment_method"
    failed = client.v1.payment_intents.retrieve(intent.id)
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    assert charges(client, intent) == []
    assert pay(client, intent, "tok_visa").status == "succeeded"


@pytest.mark.parametrize(
    ("card", "decline_code"),
    [
        ("pm_card_threeDSecureRequiredChargeDeclined", "generic_decline"),
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
    ],
)
def test_a_card_can_be_declined_after_authentication(
    client: stripe.StripeClient, url: str, card: str, decline_code: str
) -> None:
    intent = pay(client, begin(client), card)
    answer = authenticate(url, intent, "succeed").json()
    assert answer["status"] == "requires_payment_method"
    assert answer["last_payment_error"]["decline_code"] == decline_code
    assert [charge.status for charge in charges(client, intent)] == ["failed"]


def test_another_card_may_be_used_instead(client: stripe.StripeClient, url: str) -> None:
    intent = pay(client, begin(client), "pm_card_threeDSecure2Required")
    assert pay(client, intent, "tok_visa").status == "succeeded"
    assert authenticate(url, intent, "succeed").status_code == 400
    (charge,) = charges(client, intent)
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.three_d_secure is None


def test_an_intent_that_waits_for_the_buyer_can_be_canceled(
    client: stripe.StripeClient, url: str
) -> None:
    intent = pay(client, begin(client), "pm_card_threeDSecure2Required")
    assert client.v1.payment_intents.cancel(intent.id).next_action is None
    assert authenticate(url, intent, "succeed").status_code == 400
    assert charges(client, intent) == []


def test_only_the_buyer_who_has_the_secret_can_authenticate(
    client: stripe.StripeClient, url: str
) -> None:
    intent = pay(client, begin(client), "pm_card_threeDSecure2Required")
    other = begin(client)
    other.id = intent.id
    assert authenticate(url, other, "succeed").status_code == 400
    assert authenticate(url, intent, "perhaps").status_code == 400
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_action"
