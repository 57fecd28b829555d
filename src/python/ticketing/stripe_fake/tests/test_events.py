"""Events: every change that ends or holds up a payment is told, in the write that made it."""

import pytest
import stripe

from ticketing.stripe_fake.events import record
from ticketing.stripe_fake.idempotency import Call, Desk
from ticketing.stripe_fake.store import Book, Store
from ticketing.stripe_fake.tests.buying import TEN_DOLLARS, authenticate, begin, pay


def told(client: stripe.StripeClient) -> list[str]:
    return [str(event.type) for event in client.v1.events.list().data][::-1]


def test_a_payment_is_told_with_the_intent_as_it_became(client: stripe.StripeClient) -> None:
    intent = begin(client)
    assert told(client) == []
    paid = pay(client, intent, "tok_visa", "key-1")
    [event] = client.v1.events.list().data
    assert event.type == "payment_intent.succeeded"
    assert event.data.object == paid
    assert event.request is not None
    assert (event.request.idempotency_key, event.api_version) == ("key-1", stripe.api_version)
    assert event.request.id is not None
    assert event.request.id.startswith("req_")
    assert client.v1.events.retrieve(event.id) == event
    pay(client, intent, "tok_visa", "key-1")
    assert told(client) == ["payment_intent.succeeded"]


def test_a_decline_is_told_though_it_is_an_error(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError):
        pay(client, begin(client), "tok_chargeDeclined")
    [event] = client.v1.events.list().data
    assert event.type == "payment_intent.payment_failed"
    assert event.data.object["last_payment_error"]["code"] == "card_declined"


@pytest.mark.parametrize(("outcome", "end"), [("succeed", "succeeded"), ("fail", "payment_failed")])
def test_what_the_buyer_did_is_told(
    client: stripe.StripeClient, url: str, outcome: str, end: str
) -> None:
    intent = pay(client, begin(client), "pm_card_threeDSecure2Required")
    assert told(client) == ["payment_intent.requires_action"]
    authenticate(url, intent, outcome)
    assert told(client) == ["payment_intent.requires_action", f"payment_intent.{end}"]


def test_a_cancellation_is_told(client: stripe.StripeClient) -> None:
    client.v1.payment_intents.cancel(begin(client).id)
    assert told(client) == ["payment_intent.canceled"]


def test_a_refund_is_told_of_itself_and_of_its_charge(client: stripe.StripeClient) -> None:
    intent = pay(client, begin(client), "tok_visa")
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 400})
    assert told(client) == ["payment_intent.succeeded", "refund.created", "charge.refunded"]
    [of_charge, of_refund, _] = client.v1.events.list().data
    charge = of_charge.data.object
    assert (charge["amount_refunded"], charge["refunded"]) == (400, False)
    assert of_refund.data.object["payment_intent"] == intent.id
    client.v1.refunds.create({"payment_intent": intent.id})
    assert of_charge.data.object["amount_refunded"] < TEN_DOLLARS
    newest = client.v1.events.list({"limit": 1}).data[0].data.object
    assert (newest["amount_refunded"], newest["refunded"]) == (TEN_DOLLARS, True)


def test_what_is_undone_is_not_told(store: Store) -> None:
    def fail(book: Book) -> dict[str, object]:
        record(book, "payment_intent.succeeded", {"id": "pi_1"}, 1)
        raise RuntimeError("halfway")

    call = Call(account="a", key="k", path="/v1/x", fields=[], request_id="r", now=1)
    assert Desk(store).carry_out(call, fail).status == 500
    with store.transaction() as book:
        assert book.newest("event", 10, intent=None, after=None) == []


def test_nothing_waits_to_be_sent_where_there_is_no_endpoint(
    client: stripe.StripeClient, store: Store
) -> None:
    pay(client, begin(client), "tok_visa")
    assert client.v1.events.list().data[0].pending_webhooks == 0
    with store.transaction() as book:
        assert book.deliveries.due(float("inf"), 10) == []
