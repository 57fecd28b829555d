"""The HTTP interface of payments."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.common.core.errors import NotAuthorized, NotFound
from ticketing.common.core.events import OrderStatus
from ticketing.common.testing.input import MALFORMED_IDS, entries_of, errors_of
from ticketing.common.testing.services import UNKNOWN_ID, client_of
from ticketing.payments.model import NotPayable
from ticketing.payments.processor import CardDeclined, ProcessorSilent
from ticketing.payments.tests.memory_processor import (
    ASKS,
    ASKS_POOR,
    DECLINED,
    POOR,
    SLOW,
    UNKNOWN,
    VISA,
    no_answer,
)
from ticketing.payments.tests.till import ORDER, Till

NOT_AUTHORIZED = entries_of(NotAuthorized())
NOT_FOUND = entries_of(NotFound())


def pay(client: FlaskClient, token: str = VISA, order_id: str = ORDER) -> TestResponse:
    return client.post("/api/payments", json={"token": token, "orderId": order_id})


def test_paying_replies_with_the_payments_id(buyer: FlaskClient, till: Till) -> None:
    reply = pay(buyer)
    assert reply.status_code == 201
    receipt: Any = reply.json
    assert list(receipt) == ["id"]
    assert re.fullmatch("[0-9a-f]{24}", receipt["id"])
    assert (till.books.charges, till.books.amount) == (1, 2050)


@pytest.mark.parametrize(("price", "amount"), [(20.5, 20.5), (20.0, 20), (0.29, 0.29)])
def test_a_payment_is_told_as_it_starts_and_when_it_arrived(price: float, amount: float) -> None:
    till = Till()
    till.order(price=price)
    payment_id = till.pay().payment_id
    payment = {"id": payment_id, "orderId": ORDER, "stripeId": "pi_1", "amount": amount}
    assert till.events() == [
        {
            "subject": f"payment.{step}",
            "id": f"{payment_id}-{version}",
            "occurredAt": "2026-01-31T12:00:00Z",
            "payment": payment,
        }
        for version, step in ((1, "started"), (2, "created"))
    ]
    till.check_all_is_known()


@pytest.mark.parametrize("token", [VISA, DECLINED, ASKS])
def test_paying_twice_replies_with_the_first_payment(
    buyer: FlaskClient, till: Till, token: str
) -> None:
    first = pay(buyer).json
    again = pay(buyer, token)
    assert again.status_code == 201
    assert again.json == first
    till.check_all_is_known()


def test_a_decline_is_answered_with_its_message_and_another_card_works(
    buyer: FlaskClient, till: Till
) -> None:
    assert errors_of(pay(buyer, DECLINED), 400) == entries_of(
        CardDeclined("Your card was declined.")
    )
    assert errors_of(pay(buyer, POOR), 400) == entries_of(
        CardDeclined("Your card has insufficient funds.")
    )
    assert pay(buyer, VISA).status_code == 201
    till.check_all_is_known()


def test_a_declined_card_is_tried_again_when_it_is_posted_again(
    buyer: FlaskClient, till: Till
) -> None:
    for _ in range(2):
        errors_of(pay(buyer, DECLINED), 400)
    assert till.stripe.calls.count("confirm") == 2
    assert [event["subject"] for event in till.events()] == ["payment.started"] * 2


def test_an_unknown_card_is_refused(buyer: FlaskClient, till: Till) -> None:
    errors = errors_of(pay(buyer, UNKNOWN), 400)
    assert errors == entries_of(CardDeclined("No such token: 'tok_unknown'"))
    assert pay(buyer).status_code == 201
    till.check_all_is_known()


def test_a_buyer_who_must_act_gets_the_client_secret_until_that_is_done(
    buyer: FlaskClient, till: Till
) -> None:
    reply = pay(buyer, ASKS)
    assert reply.status_code == 202
    pending: Any = reply.json
    assert pending == {"id": till.payment["_id"], "clientSecret": "pi_1_secret"}
    again = pay(buyer, ASKS)
    assert (again.status_code, again.json) == (202, pending)
    till.stripe.authenticate("pi_1")
    settled = pay(buyer, ASKS)
    assert (settled.status_code, settled.json) == (201, {"id": pending["id"]})
    assert till.stripe.calls.count("confirm") == 1
    till.check_all_is_known()


def test_a_failed_authentication_is_answered_with_its_message(
    buyer: FlaskClient, till: Till
) -> None:
    pay(buyer, ASKS_POOR)
    till.stripe.authenticate("pi_1")
    errors = errors_of(pay(buyer, ASKS_POOR), 400)
    assert errors == entries_of(CardDeclined("Your card has insufficient funds."))
    assert pay(buyer).status_code == 201
    till.check_all_is_known()


def test_another_card_can_be_used_while_the_first_awaits_its_buyer(
    buyer: FlaskClient, till: Till
) -> None:
    assert pay(buyer, ASKS).status_code == 202
    assert pay(buyer, VISA).status_code == 201
    till.check_all_is_known()


def test_an_unknown_card_does_not_end_what_the_first_awaits(buyer: FlaskClient, till: Till) -> None:
    assert pay(buyer, ASKS).status_code == 202
    errors = errors_of(pay(buyer, UNKNOWN), 400)
    assert errors == entries_of(CardDeclined("No such token: 'tok_unknown'"))
    assert till.payment["status"] == "requires_action"
    assert "checkAt" in till.payment
    till.stripe.authenticate("pi_1")
    till.sweep()
    till.check_all_is_known()
    assert till.books.charges == 1


def test_an_unknown_card_is_a_receipt_where_the_first_was_charged_meanwhile(
    buyer: FlaskClient, till: Till
) -> None:
    pay(buyer, ASKS)
    till.stripe.before["confirm"] = lambda: till.stripe.authenticate("pi_1")
    assert pay(buyer, UNKNOWN).status_code == 201
    till.check_all_is_known()


def test_a_slow_bank_is_waited_for_whatever_card_is_posted_next(
    buyer: FlaskClient, till: Till
) -> None:
    assert pay(buyer, SLOW).status_code == 202
    assert pay(buyer, VISA).status_code == 202
    till.stripe.finish("pi_1")
    assert pay(buyer, VISA).status_code == 201
    till.check_all_is_known()


@pytest.mark.parametrize("method", ["open", "confirm"])
def test_a_lost_answer_is_503_and_posting_again_settles_with_one_charge(
    buyer: FlaskClient, till: Till, method: str
) -> None:
    till.stripe.after[method] = no_answer
    [error] = errors_of(pay(buyer), 503)
    assert error == entries_of(ProcessorSilent())[0]
    assert pay(buyer).status_code == 201
    till.check_all_is_known()
    assert till.books.charges == 1


@pytest.mark.parametrize("method", ["open", "confirm"])
def test_a_lost_question_is_503_and_posting_again_pays(
    buyer: FlaskClient, till: Till, method: str
) -> None:
    till.stripe.before[method] = no_answer
    errors_of(pay(buyer), 503)
    assert pay(buyer).status_code == 201
    till.check_all_is_known()


def test_a_lost_decline_is_answered_when_the_card_is_posted_again(
    buyer: FlaskClient, till: Till
) -> None:
    till.stripe.after["confirm"] = no_answer
    errors_of(pay(buyer, DECLINED), 503)
    assert errors_of(pay(buyer, DECLINED), 400) == entries_of(
        CardDeclined("Your card was declined.")
    )
    assert till.stripe.calls.count("confirm") == 1


def test_a_cancelled_order_cannot_be_paid(buyer: FlaskClient, till: Till) -> None:
    till.cancel_order()
    errors = errors_of(pay(buyer), 400)
    assert errors == entries_of(NotPayable())
    assert till.stripe.calls == []


def test_a_cancelled_order_cannot_be_paid_after_a_decline(buyer: FlaskClient, till: Till) -> None:
    pay(buyer, DECLINED)
    till.cancel_order()
    errors = errors_of(pay(buyer), 400)
    assert errors == entries_of(NotPayable())
    till.check_all_is_known()


def test_a_complete_order_is_paid_already(buyer: FlaskClient, till: Till) -> None:
    first = pay(buyer).json
    till.order(OrderStatus.COMPLETE, 1)
    again = pay(buyer)
    assert (again.status_code, again.json) == (201, first)


def test_an_order_is_paid_by_its_buyer_only(till: Till) -> None:
    other = client_of(till.service, "other")
    assert errors_of(pay(other), 401) == NOT_AUTHORIZED
    till.cancel_order()
    assert errors_of(pay(other), 401) == NOT_AUTHORIZED
    assert till.stripe.calls == []


@pytest.mark.parametrize("id", [UNKNOWN_ID, *MALFORMED_IDS])
def test_an_unknown_or_malformed_order_id_is_not_found(buyer: FlaskClient, id: str) -> None:
    assert errors_of(pay(buyer, order_id=id), 404) == NOT_FOUND


def test_paying_needs_a_session_before_anything_is_looked_at(till: Till) -> None:
    anyone = client_of(till.service)
    assert errors_of(anyone.post("/api/payments", data=b"{"), 401) == NOT_AUTHORIZED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/payments"),
        ("DELETE", "/api/payments"),
        ("POST", f"/api/payments/{UNKNOWN_ID}"),
    ],
)
def test_anything_else_is_not_found(buyer: FlaskClient, method: str, path: str) -> None:
    assert errors_of(buyer.open(path, method=method), 404) == NOT_FOUND
