"""An attempt to pay is made once per Idempotency-Key, and told again as it was told first."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.common.runtime.service import Service
from ticketing.common.testing.idempotency import (
    after_dying_anywhere,
    end_leases,
    is_replayed,
    with_lost_answers,
)
from ticketing.common.testing.services import client_of
from ticketing.payments.main import build
from ticketing.payments.tests.memory_processor import ASKS, DECLINED, VISA, no_answer
from ticketing.payments.tests.till import ENVIRONMENT, ORDER, Till


def pay(client: FlaskClient, token: str = VISA, key: str = "once") -> TestResponse:
    body = {"token": token, "orderId": ORDER}
    return client.post("/api/payments", json=body, headers={"Idempotency-Key": key})


@pytest.mark.parametrize("token", [VISA, DECLINED, ASKS])
def test_an_attempt_is_made_once_for_a_key(buyer: FlaskClient, till: Till, token: str) -> None:
    first = pay(buyer, token)
    calls = list(till.stripe.calls)
    assert is_replayed(pay(buyer, token), first)
    assert till.stripe.calls == calls


def test_what_the_buyer_did_since_is_told_under_another_key(buyer: FlaskClient, till: Till) -> None:
    first = pay(buyer, ASKS)
    assert first.status_code == 202
    till.stripe.authenticate("pi_1")
    assert is_replayed(pay(buyer, ASKS), first)
    assert pay(buyer, ASKS, "another").status_code == 201
    till.check_all_is_known()


def test_another_card_needs_another_key(buyer: FlaskClient) -> None:
    assert pay(buyer, DECLINED).status_code == 400
    assert pay(buyer, VISA).status_code == 422
    assert pay(buyer, VISA, "another").status_code == 201


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_unknown_outcome_is_no_answer_and_the_same_key_settles_it(
    buyer: FlaskClient, till: Till, when: str
) -> None:
    getattr(till.stripe, when)["confirm"] = no_answer
    assert pay(buyer).status_code == 503
    assert pay(buyer).status_code == 201
    till.check_all_is_known()


def tills() -> Iterator[Till]:
    while True:
        till = Till()
        till.order()
        yield till


def test_a_process_that_dies_anywhere_charges_nobody_twice() -> None:
    made, now = tills(), list[Till]()

    def database() -> Any:
        now.append(next(made))
        return now[-1].database

    def service_on(database: Any) -> Service[Any]:
        return build(ENVIRONMENT, database, now[-1].clock, now[-1].stripe)

    moments = 0
    for _, reply in after_dying_anywhere(database, service_on, pay, "buyer"):
        moments += 1
        assert reply.status_code == 201
        assert now[-1].books.charges == 1
        assert now[-1].payment["_id"] == reply.get_json()["id"]
        now[-1].check_all_is_known()
    assert moments >= 8


def test_an_answer_of_the_database_that_nobody_heard_charges_nobody_twice(till: Till) -> None:
    forgetful = build(ENVIRONMENT, with_lost_answers(till.database), till.clock, till.stripe)
    assert pay(client_of(forgetful, "buyer")).status_code == 201
    till.check_all_is_known()


def test_a_charge_that_was_made_as_the_process_died_is_found_under_its_key(till: Till) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    buyer = client_of(till.service, "buyer")
    till.stripe.after["confirm"] = die
    with pytest.raises(Killed):
        pay(buyer)
    assert pay(buyer).status_code == 409
    end_leases(till.database)
    assert pay(buyer).status_code == 201
    assert till.books.charges == 1
