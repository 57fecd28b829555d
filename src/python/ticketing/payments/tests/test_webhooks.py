"""Webhooks: what Stripe tells by itself settles payments, in any order and however often."""

import json
import time
from typing import Any

import pytest
import stripe
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.common.core.errors import Refused
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import ENV, client_of
from ticketing.common.web.routes import MAX_BODY
from ticketing.payments import routes
from ticketing.payments.main import build
from ticketing.payments.tests.memory_processor import ASKS, ASKS_POOR, SLOW, VISA, crash, no_answer
from ticketing.payments.tests.till import WEBHOOK_SECRET, Till
from ticketing.payments.webhooks import NotFromStripe, WebhooksOff

PATH = "/api/payments/webhook"
NOT_STRIPES = entries_of(NotFromStripe())


@pytest.fixture()
def anyone(till: Till) -> FlaskClient:
    return client_of(till.service)


INTENT = {"object": "payment_intent", "id": "pi_1"}


def an_event(
    type: str = "payment_intent.succeeded", thing: dict[str, str] = INTENT, id: str = "evt_1"
) -> str:
    return json.dumps({"id": id, "object": "event", "type": type, "data": {"object": thing}})


def signed(body: str, secret: str = WEBHOOK_SECRET, age: float = 0) -> str:
    now = int(time.time() - age)
    return str(stripe.WebhookSignature.generate_signature_header(body, secret, now))


def send(client: FlaskClient, body: str, signature: str | None = None) -> TestResponse:
    signature = signed(body) if signature is None else signature
    headers = {"Stripe-Signature": signature} if signature else {}
    return client.post(PATH, data=body, headers=headers, content_type="application/json")


def settled(client: FlaskClient, body: str) -> None:
    reply = send(client, body)
    assert (reply.status_code, reply.json) == (200, {"received": True})


def test_a_buyer_who_acted_and_never_came_back_has_paid(till: Till, anyone: FlaskClient) -> None:
    till.pay(ASKS)
    till.stripe.authenticate("pi_1")
    settled(anyone, an_event())
    assert till.payment["status"] == "succeeded"
    assert "checkAt" not in till.payment
    till.check_all_is_known()


def test_a_buyer_who_failed_to_act_and_comes_back_later_is_told_why(
    till: Till, anyone: FlaskClient
) -> None:
    till.pay(ASKS_POOR)
    till.stripe.authenticate("pi_1")
    settled(anyone, an_event("payment_intent.payment_failed"))
    assert till.payment["status"] == "open"
    with pytest.raises(Refused, match="insufficient funds"):
        till.pay(ASKS_POOR)
    assert till.stripe.calls.count("confirm") == 1
    till.pay(ASKS_POOR)  # told once: so this is another try
    assert till.stripe.calls.count("confirm") == 2


def test_what_the_buyer_was_not_told_is_no_matter_for_another_card(till: Till) -> None:
    till.pay(ASKS_POOR)
    till.stripe.authenticate("pi_1")
    till.sweep()
    till.pay(VISA)
    till.check_all_is_known()
    assert "unreportedFailure" not in till.payment


def test_a_slow_bank_that_refuses_is_believed_by_the_sweep(till: Till) -> None:
    """A webhook cannot tell this from an attempt under way, whose process awaits the answer."""
    till.pay(SLOW)
    books = till.stripe.books["pi_1"]
    till.stripe._move(books, "requires_payment_method", "No.")
    till.hear()
    assert till.payment["status"] == "processing"
    till.sweep()
    assert till.payment["status"] == "open"
    with pytest.raises(Refused, match=r"No\."):
        till.pay(SLOW)


def test_an_event_is_settled_once_and_known_for_as_long_as_stripe_may_send_it(
    till: Till, anyone: FlaskClient
) -> None:
    till.pay(ASKS)
    for _ in range(3):
        settled(anyone, an_event())
    assert till.stripe.calls.count("look_up") == 1
    [heard] = till.database["webhooks"].find()
    assert heard["_id"] == "evt_1"
    [index] = till.service.indexes["webhooks"]
    assert dict(index.document["key"]) == {"heardAt": 1}
    assert index.document["expireAfterSeconds"] >= 30 * 24 * 3600
    assert "heardAt" in heard


def test_events_may_come_late_and_backwards(till: Till, anyone: FlaskClient) -> None:
    till.pay(ASKS)
    till.stripe.authenticate("pi_1")
    settled(anyone, an_event(id="evt_2"))
    settled(anyone, an_event("payment_intent.requires_action"))
    assert till.payment["status"] == "succeeded"
    till.check_all_is_known()


def test_an_event_that_could_not_be_settled_is_taken_when_it_comes_again(
    till: Till, anyone: FlaskClient
) -> None:
    till.pay(ASKS)
    till.stripe.authenticate("pi_1")
    till.stripe.before["look_up"] = no_answer
    errors_of(send(anyone, an_event()), 503)
    till.stripe.after["look_up"] = crash
    errors_of(send(anyone, an_event()), 500)
    assert till.database["webhooks"].count_documents({}) == 0
    assert till.payment["status"] == "requires_action"
    settled(anyone, an_event())
    till.check_all_is_known()


def test_a_charge_whose_process_died_is_known_at_once(till: Till, anyone: FlaskClient) -> None:
    till.stripe.after["confirm"] = no_answer
    with pytest.raises(Exception, match="no answer"):
        till.pay()
    settled(anyone, an_event())
    till.check_all_is_known()


@pytest.mark.parametrize(
    ("type", "thing"),
    [
        ("charge.refunded", {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}),
        ("refund.created", {"object": "refund", "id": "re_1", "payment_intent": "pi_1"}),
    ],
)
def test_a_refund_in_stripes_dashboard_is_taken_over(
    till: Till, anyone: FlaskClient, type: str, thing: dict[str, str]
) -> None:
    till.pay()
    till.stripe.give_back("pi_1")
    settled(anyone, an_event(type, thing))
    assert till.payment["status"] == "refunded"
    till.check_all_is_known()


def test_money_that_came_and_went_unheard_is_told_as_both(till: Till) -> None:
    till.pay(ASKS)
    till.stripe.authenticate("pi_1")
    till.stripe.give_back("pi_1")
    till.sweep()
    till.check_all_is_known()
    subjects = [event["subject"] for event in till.told]
    assert subjects == ["payment.started", "payment.created", "payment.refunded"]


@pytest.mark.parametrize(
    "body",
    [
        an_event(thing={"object": "payment_intent", "id": "pi_others"}),
        an_event("charge.refunded", {"object": "charge", "payment_intent": "pi_others"}),
        an_event("refund.failed", {"object": "refund", "payment_intent": "pi_others"}),
        an_event("customer.created", {"object": "customer", "id": "cus_1"}),
        json.dumps({"id": "evt_1", "object": "v2.core.event", "type": "v1.billing.meter"}),
    ],
)
def test_what_concerns_no_payment_of_ours_is_taken_and_forgotten(
    till: Till, anyone: FlaskClient, body: str
) -> None:
    settled(anyone, body)
    assert till.stripe.calls == []
    assert till.database["webhooks"].count_documents({}) == 0


NOT_SIGNED = {
    "none": "",
    "nonsense": "nonsense",
    "a time alone": "t=1",
    "no time": "t=x,v1=y",
    "made up": f"t={int(time.time())},v1=" + "0" * 64,
    "no ASCII": f"t={int(time.time())},v1=\xe4",
    "a huge time": f"t={'9' * 5000},v1=0",
    "another secret": signed(an_event(), "whsec_of_somebody_else"),
    "too old": signed(an_event(), age=301),
    "of another body": signed(an_event(id="evt_2")),
    "another scheme": signed(an_event()).replace("v1=", "v0="),
}


@pytest.mark.parametrize("signature", NOT_SIGNED.values(), ids=NOT_SIGNED)
def test_what_stripe_has_not_signed_lately_is_refused(
    till: Till, anyone: FlaskClient, signature: str
) -> None:
    till.pay(ASKS)
    till.stripe.authenticate("pi_1")
    body = an_event()
    reply = client_post(anyone, body.encode(), signature)
    assert errors_of(reply, 400) == NOT_STRIPES
    assert till.payment["status"] == "requires_action"


def client_post(client: FlaskClient, body: bytes, signature: str) -> TestResponse:
    return client.post(PATH, data=body, environ_base={"HTTP_STRIPE_SIGNATURE": signature})


def test_a_signature_is_good_for_five_minutes(anyone: FlaskClient) -> None:
    assert send(anyone, an_event(), signed(an_event(), age=290)).status_code == 200


@pytest.mark.parametrize("body", ["", "{", "no json"])
def test_signed_nonsense_is_refused(anyone: FlaskClient, body: str) -> None:
    assert errors_of(send(anyone, body), 400) == NOT_STRIPES


def test_bytes_that_are_no_text_are_refused(anyone: FlaskClient) -> None:
    assert errors_of(client_post(anyone, b"\xff\xfe", "t=1,v1=2"), 400) == NOT_STRIPES


def test_a_long_body_is_refused_before_it_is_looked_at(anyone: FlaskClient) -> None:
    errors_of(client_post(anyone, b"x" * (MAX_BODY + 1), "t=1,v1=2"), 413)


def test_without_a_secret_no_webhook_is_taken() -> None:
    till = Till()
    service = build(ENV, till.database, till.clock, till.stripe)
    [error] = errors_of(send(client_of(service), an_event()), 503)
    assert error == entries_of(WebhooksOff())[0]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_webhooks_are_posted(anyone: FlaskClient, method: str) -> None:
    errors_of(anyone.open(PATH, method=method), 404)


def test_a_webhook_more_than_can_be_waited_for_is_to_come_again(
    till: Till, anyone: FlaskClient
) -> None:
    till.pay(ASKS)
    replies: list[Any] = []

    def one_more() -> None:
        if len(replies) <= routes.WEBHOOKS_AT_ONCE:
            replies.append(None)
            till.stripe.before["look_up"] = one_more
            replies.append(send(anyone, an_event(id=f"evt_{len(replies)}")))

    one_more()
    statuses = [reply.status_code for reply in replies if reply is not None]
    assert statuses[0] == 503
    assert set(statuses[1:]) == {200}
    assert len(statuses) == routes.WEBHOOKS_AT_ONCE + 1
    settled(anyone, an_event(id="evt_last"))
