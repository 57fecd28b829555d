"""Refunds give back what was taken, once."""

from typing import Any

import pytest
import stripe

from ticketing.stripe_fake.tests.buying import TEN_DOLLARS, begin, charges, error_of, pay


def test_a_payment_is_refunded_whole(client: stripe.StripeClient) -> None:
    intent = pay(client, begin(client), "tok_visa")
    refund = client.v1.refunds.create({"payment_intent": intent.id, "metadata": {"orderId": "o"}})
    (charge,) = charges(client, intent)
    assert (refund.amount, refund.status, refund.charge) == (TEN_DOLLARS, "succeeded", charge.id)
    assert (charge.refunded, charge.amount_refunded) == (True, TEN_DOLLARS)
    assert client.v1.refunds.retrieve(refund.id) == refund
    assert client.v1.refunds.list({"payment_intent": intent.id}).data == [refund]
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_an_intent_can_be_shown_with_its_charge(client: stripe.StripeClient) -> None:
    intent = begin(client)
    with_charge: Any = {"expand": ["latest_charge"]}
    assert client.v1.payment_intents.retrieve(intent.id, with_charge).latest_charge is None
    pay(client, intent, "tok_visa")
    client.v1.refunds.create({"payment_intent": intent.id})
    shown = client.v1.payment_intents.retrieve(intent.id, with_charge)
    assert shown.latest_charge == charges(client, intent)[0]
    assert isinstance(shown.latest_charge, stripe.Charge)
    assert shown.latest_charge.refunded
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.payment_intents.retrieve(intent.id, {"expand": ["customer"]})


def test_a_second_refund_is_refused(client: stripe.StripeClient) -> None:
    intent = pay(client, begin(client), "tok_visa")
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="has already been refunded") as caught:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert (caught.value.code, caught.value.http_status) == ("charge_already_refunded", 400)


def test_no_more_is_refunded_than_is_left(client: stripe.StripeClient) -> None:
    intent = pay(client, begin(client), "tok_visa")
    charge = str(intent.latest_charge)
    assert client.v1.refunds.create({"charge": charge, "amount": 400}).amount == 400
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": charge, "amount": 601})
    assert error_of(caught.value)["message"] == (
        "Refund amount ($6.01) is greater than unrefunded amount on charge ($6.00)"
    )
    assert client.v1.refunds.create({"charge": charge}).amount == 600
    assert client.v1.charges.retrieve(charge).refunded


def test_what_was_not_charged_is_not_refunded(client: stripe.StripeClient) -> None:
    intent = begin(client)
    with pytest.raises(stripe.CardError):
        pay(client, intent, "tok_chargeDeclined")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"charge": charges(client, intent)[0].id})


def test_what_is_not_known_is_not_refunded(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent: 'pi_x'"):
        client.v1.refunds.create({"payment_intent": "pi_x"})
    with pytest.raises(stripe.InvalidRequestError, match="No such charge: 'ch_x'"):
        client.v1.refunds.create({"charge": "ch_x"})
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        client.v1.refunds.create({})
