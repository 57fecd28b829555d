"""A key is done once, and its answer given again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from flask.testing import FlaskClient

from ticketing.stripe_fake.app import create_app
from ticketing.stripe_fake.errors import StripeError
from ticketing.stripe_fake.idempotency import Call, Desk
from ticketing.stripe_fake.store import Book, Store
from ticketing.stripe_fake.tests.buying import begin, charges, error_of, pay
from ticketing.stripe_fake.tests.serving import KEY, Clock

NEW = {"amount": "1000", "currency": "usd", "allowed_payment_method_types[]": "card"}
DAY = 24 * 60 * 60


def call(key: str, now: int = 0) -> Call:
    return Call(account="a", key=key, path="/v1/x", fields=[], request_id="req_1", now=now)


def test_the_first_answer_is_given_again(http: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = http.post("/v1/payment_intents", data=NEW, headers=headers)
    again = http.post("/v1/payment_intents", data=NEW, headers=headers)
    assert first.status_code == 200
    assert again.data == first.data
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert len(http.get("/v1/payment_intents").get_json()["data"]) == 1


def test_a_decline_is_given_again_and_charges_nothing_more(client: stripe.StripeClient) -> None:
    intent = begin(client)
    bodies = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            pay(client, intent, "tok_chargeDeclined", "attempt-1")
        bodies.append(caught.value.http_body)
    assert bodies[0] == bodies[1]
    assert len(charges(client, intent)) == 1
    assert pay(client, intent, "tok_visa", "attempt-2").status == "succeeded"


def test_an_answer_outlives_the_process_and_not_its_day(
    store: Store, clock: Clock, http: FlaskClient
) -> None:
    headers = {"Idempotency-Key": "k1", "Authorization": f"Bearer {KEY}"}
    first = http.post("/v1/payment_intents", data=NEW, headers=headers).get_json()["id"]
    restarted = create_app(store, clock).test_client()
    clock.now += DAY - 1
    again = restarted.post("/v1/payment_intents", data=NEW, headers=headers).get_json()["id"]
    clock.now += 1
    late = restarted.post("/v1/payment_intents", data=NEW, headers=headers).get_json()["id"]
    assert first == again != late


def test_a_key_serves_one_request_only(client: stripe.StripeClient) -> None:
    intent, other = begin(client), begin(client)
    pay(client, intent, "tok_visa", "k1")
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        pay(client, intent, "tok_mastercard", "k1")
    assert caught.value.http_status == 400
    assert error_of(caught.value)["type"] == "idempotency_error"
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        pay(client, other, "tok_visa", "k1")


def test_keys_of_two_accounts_do_not_meet(http: FlaskClient) -> None:
    ids = set()
    for account in ("sk_test_a", "sk_test_b"):
        headers = {"Idempotency-Key": "k1", "Authorization": f"Bearer {account}"}
        ids.add(http.post("/v1/payment_intents", data=NEW, headers=headers).get_json()["id"])
    assert len(ids) == 2


def test_a_request_that_never_began_leaves_its_key_free(http: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    bad = http.post("/v1/payment_intents", data={**NEW, "amount": "x"}, headers=headers)
    good = http.post("/v1/payment_intents", data=NEW, headers=headers)
    assert (bad.status_code, good.status_code) == (400, 200)


def test_a_key_in_use_is_refused_until_it_is_done(store: Store) -> None:
    desk, begun, may_end = Desk(store), threading.Event(), threading.Event()

    def slow(_: Book) -> dict[str, str]:
        begun.set()
        may_end.wait(60)
        return {"id": "first"}

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(desk.carry_out, call("k1"), slow)
        begun.wait(60)
        with pytest.raises(StripeError) as caught:
            desk.carry_out(call("k1"), slow)
        may_end.set()
        assert first.result().body == desk.carry_out(call("k1"), slow).body
    assert (caught.value.status, caught.value.details["code"]) == (409, "idempotency_key_in_use")


def test_a_failure_of_our_own_undoes_its_writes_and_is_given_again(store: Store) -> None:
    def broken(book: Book) -> dict[str, str]:
        book.add({"id": "pi_1", "object": "payment_intent"})
        raise ZeroDivisionError

    desk = Desk(store)
    first = desk.carry_out(call("k1"), broken)
    assert first.status == 500
    assert "api_error" in first.body
    assert desk.carry_out(call("k1"), broken).replay_of == "req_1"
    with store.transaction() as book:
        assert book.find("payment_intent", "pi_1") is None
