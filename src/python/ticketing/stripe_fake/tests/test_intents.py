"""The life of a payment intent, as the SDK sees it."""

import pytest
import stripe

from ticketing.stripe_fake.tests.buying import TEN_DOLLARS, begin, charges, error_of, pay

GOOD = ["tok_visa", "tok_mastercard", "tok_amex", "pm_card_visa", "pm_card_mastercard"]
DECLINED = [
    ("pm_card_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
    ("tok_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
    ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
    (
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    (
        "tok_chargeDeclinedInsufficientFunds",
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    ("tok_visa_chargeDeclinedLostCard", "card_declined", "lost_card", "Your card was declined."),
    (
        "pm_card_visa_chargeDeclinedStolenCard",
        "card_declined",
        "stolen_card",
        "Your card was declined.",
    ),
    ("tok_chargeDeclinedFraudulent", "card_declined", "fraudulent", "Your card was declined."),
    (
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        "card_declined",
        "card_velocity_exceeded",
        "Your card was declined for making repeated attempts too frequently "
        "or exceeding its amount limit.",
    ),
    ("tok_chargeDeclinedExpiredCard", "expired_card", None, "Your card has expired."),
    (
        "pm_card_chargeDeclinedIncorrectCvc",
        "incorrect_cvc",
        None,
        "Your card's security code is incorrect.",
    ),
    (
        "tok_chargeDeclinedProcessingError",
        "processing_error",
        None,
        "An error occurred while processing your card. Try again in a little bit.",
    ),
]


def test_an_intent_begins_without_a_payment_method(client: stripe.StripeClient) -> None:
    intent = begin(client, metadata={"orderId": "o1", "paymentId": "p1"}, description="A ticket")
    assert intent.id.startswith("pi_")
    assert intent.status == "requires_payment_method"
    assert str(intent.client_secret).startswith(f"{intent.id}_secret_")
    assert intent.metadata.to_dict() == {"orderId": "o1", "paymentId": "p1"}
    assert (intent.amount, intent.currency, intent.livemode) == (TEN_DOLLARS, "usd", False)
    assert intent.payment_method_types == intent.allowed_payment_method_types == ["card"]
    assert client.v1.payment_intents.retrieve(intent.id) == intent


@pytest.mark.parametrize("card", GOOD)
def test_a_good_card_is_charged_once(client: stripe.StripeClient, card: str) -> None:
    intent = pay(client, begin(client), card)
    (charge,) = charges(client, intent)
    assert (intent.status, intent.amount_received) == ("succeeded", TEN_DOLLARS)
    assert intent.latest_charge == charge.id
    assert (charge.paid, charge.captured, charge.status) == (True, True, "succeeded")
    assert client.v1.charges.retrieve(charge.id) == charge


@pytest.mark.parametrize(("card", "code", "decline_code", "message"), DECLINED)
def test_a_bad_card_is_declined_as_documented(
    client: stripe.StripeClient, card: str, code: str, decline_code: str | None, message: str
) -> None:
    intent = begin(client)
    with pytest.raises(stripe.CardError) as caught:
        pay(client, intent, card)
    error = error_of(caught.value)
    assert (caught.value.http_status, caught.value.code) == (402, code)
    assert (error.get("decline_code"), error["message"]) == (decline_code, message)
    embedded = error["payment_intent"]
    assert embedded["status"] == "requires_payment_method"
    assert embedded["payment_method"] is None
    assert embedded["last_payment_error"]["code"] == code
    (charge,) = charges(client, intent)
    assert charge.id == error["charge"] == embedded["latest_charge"]
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, code)


def test_after_a_decline_another_card_pays(client: stripe.StripeClient) -> None:
    intent = begin(client)
    with pytest.raises(stripe.CardError):
        pay(client, intent, "tok_chargeDeclined")
    paid = pay(client, intent, "tok_visa")
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    assert [charge.paid for charge in charges(client, intent)] == [True, False]


def test_an_intent_can_be_created_and_confirmed_at_once(client: stripe.StripeClient) -> None:
    assert begin(client, payment_method="pm_card_visa", confirm=True).status == "succeeded"
    waiting = begin(client, payment_method="pm_card_visa")
    assert waiting.status == "requires_confirmation"
    assert client.v1.payment_intents.confirm(waiting.id).status == "succeeded"


def test_a_declined_creation_leaves_the_intent(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        begin(client, payment_method="pm_card_chargeDeclined", confirm=True)
    intent = error_of(caught.value)["payment_intent"]
    found = client.v1.payment_intents.retrieve(intent["id"])
    assert found.status == "requires_payment_method"


def test_a_paid_intent_takes_no_second_payment(client: stripe.StripeClient) -> None:
    intent = pay(client, begin(client), "tok_visa")
    with pytest.raises(stripe.InvalidRequestError, match="already succeeded") as caught:
        pay(client, intent, "tok_visa")
    assert caught.value.code == "payment_intent_unexpected_state"
    assert error_of(caught.value)["payment_intent"]["status"] == "succeeded"
    assert len(charges(client, intent)) == 1


def test_a_canceled_intent_takes_no_payment(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.cancel(
        begin(client).id, {"cancellation_reason": "abandoned"}
    )
    assert (intent.status, intent.cancellation_reason) == ("canceled", "abandoned")
    assert intent.canceled_at is not None
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled") as caught:
        pay(client, intent, "tok_visa")
    assert error_of(caught.value)["payment_intent"]["status"] == "canceled"
    assert charges(client, intent) == []


@pytest.mark.parametrize("state", ["succeeded", "canceled"])
def test_what_has_ended_cannot_be_canceled(client: stripe.StripeClient, state: str) -> None:
    intent = begin(client)
    if state == "succeeded":
        pay(client, intent, "tok_visa")
    else:
        client.v1.payment_intents.cancel(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match=f"status of {state}") as caught:
        client.v1.payment_intents.cancel(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    assert error_of(caught.value)["payment_intent"]["status"] == state


def test_a_confirmation_needs_a_payment_method(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.v1.payment_intents.confirm(begin(client).id)


def test_payment_methods_other_than_cards_are_left_out(client: stripe.StripeClient) -> None:
    intent = begin(client, allowed_payment_method_types=["card", "sepa_debit"])
    assert intent.payment_method_types == ["card"]


def test_an_intent_without_types_may_redirect_and_is_refused_here(
    client: stripe.StripeClient,
) -> None:
    intent = client.v1.payment_intents.create({"amount": TEN_DOLLARS, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        pay(client, intent, "tok_visa")


def test_lists_are_newest_first_and_go_on_to_the_end(client: stripe.StripeClient) -> None:
    made = [begin(client).id for _ in range(5)]
    first = client.v1.payment_intents.list({"limit": 2})
    assert [intent.id for intent in first.data] == made[:-3:-1]
    assert first.has_more
    assert [intent.id for intent in first.auto_paging_iter()] == made[::-1]
