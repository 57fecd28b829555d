"""A typed card becomes a payment method, of which nothing but the card's outside is kept."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe
from flask.testing import FlaskClient

from ticketing.common.core import logs
from ticketing.stripe_fake.tests.buying import authenticate, begin, pay
from ticketing.stripe_fake.tests.typing_cards import (
    METHODS,
    PUBLISHABLE,
    VISA,
    bytes_on_disk,
    send,
    typed,
)

AMEX = "378282246310005"
ASKING = "4000000000003220"
DECLINED = "4000000000000002"
NO_TEST_CARD = "4111111111111111"

# The tests' clock stands in January 2027.
WRONG = [
    (typed("4242424242424241"), "incorrect_number", "number"),
    (typed("4242"), "invalid_number", "number"),
    (typed("four two"), "invalid_number", "number"),
    (typed("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"), "invalid_number", "number"),
    (typed(NO_TEST_CARD), "card_declined", "number"),
    (typed(exp_month="13"), "invalid_expiry_month", "exp_month"),
    (typed(exp_month="0"), "invalid_expiry_month", "exp_month"),
    (typed(exp_year="2026"), "invalid_expiry_year", "exp_year"),
    (typed(exp_year="26"), "invalid_expiry_year", "exp_year"),
    (typed(exp_year="2078"), "invalid_expiry_year", "exp_year"),
    (typed(cvc="12"), "invalid_cvc", "cvc"),
    (typed(cvc="1234"), "invalid_cvc", "cvc"),
    (typed(AMEX, cvc="12a4"), "invalid_cvc", "cvc"),
]
MALFORMED = [
    ({"type": "card"}, "card[number]"),
    (typed(exp_month=None), "card[exp_month]"),
    (typed(exp_year="soon"), "card[exp_year]"),
    (typed(token="tok_visa"), "card[token]"),
    (typed() | {"type": "sepa_debit"}, "type"),
    (typed() | {"customer": "cus_x"}, "customer"),
]


@pytest.fixture()
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """The service's own logs, down to the last detail, for as long as a test runs."""
    root = logging.getLogger()
    before = root.handlers, root.level
    logs.configure("stripe", "DEBUG")
    yield capsys
    root.handlers, level = before
    root.setLevel(level)


@pytest.mark.parametrize(
    ("number", "cvc", "brand"),
    [(VISA, "123", "visa"), ("4242 4242-4242 4242", "123", "visa"), (AMEX, "1234", "amex")],
)
def test_a_test_card_becomes_a_payment_method(
    http: FlaskClient, number: str, cvc: str, brand: str
) -> None:
    answer = send(http, typed(number, exp_month="1", exp_year="27", cvc=cvc))
    method = answer.get_json()
    card = method["card"]
    assert answer.status_code == 200
    assert method["id"].startswith("pm_")
    assert (card["brand"], card["last4"]) == (brand, number[-4:])
    assert (card["exp_month"], card["exp_year"]) == (1, 2027)
    assert "fingerprint" not in card


@pytest.mark.parametrize(("fields", "code", "param"), WRONG)
def test_a_wrong_card_is_refused(
    http: FlaskClient, fields: dict[str, str], code: str, param: str
) -> None:
    answer = send(http, fields)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["type"]) == (402, "card_error")
    assert (error["code"], error["param"]) == (code, param)


@pytest.mark.parametrize(("fields", "param"), MALFORMED)
def test_a_malformed_request_is_refused(
    http: FlaskClient, fields: dict[str, str], param: str
) -> None:
    answer = send(http, fields)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["param"] == param


def test_a_card_that_is_no_test_card_is_declined_as_in_stripes_test_mode(
    http: FlaskClient,
) -> None:
    error = send(http, typed(NO_TEST_CARD)).get_json()["error"]
    assert error["decline_code"] == "test_mode_live_card"


def test_a_secret_key_makes_payment_methods_too(http: FlaskClient) -> None:
    answer = http.post(METHODS, data=typed())
    assert answer.status_code == 200
    assert "fingerprint" in answer.get_json()["card"]


def test_a_publishable_key_opens_nothing_else(http: FlaskClient) -> None:
    answers = [
        http.get("/v1/payment_intents", headers=PUBLISHABLE),
        http.post("/v1/payment_intents", headers=PUBLISHABLE),
        http.post("/v1/payment_intents/pi_x/confirm", headers=PUBLISHABLE),
        http.post("/v1/refunds", headers=PUBLISHABLE),
        http.get("/v1/charges", headers=PUBLISHABLE),
    ]
    codes = [answer.get_json()["error"]["code"] for answer in answers]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert codes == ["secret_key_required"] * 5


def test_a_buyer_sees_an_intent_by_its_secret_only(
    http: FlaskClient, client: stripe.StripeClient
) -> None:
    intent = begin(client, metadata={"orderId": "o1"})
    path = f"/v1/payment_intents/{intent.id}"
    secret = {"client_secret": intent.client_secret}
    shown = http.get(path, query_string=secret, headers=PUBLISHABLE)
    without = http.get(path, headers=PUBLISHABLE)
    wrong = http.get(path, query_string={"client_secret": "x"}, headers=PUBLISHABLE)
    assert (shown.status_code, without.status_code, wrong.status_code) == (200, 400, 400)
    assert shown.get_json()["amount"] == 1000
    assert "metadata" not in shown.get_json()


def test_the_card_is_charged_as_its_number_says(
    http: FlaskClient, client: stripe.StripeClient, url: str
) -> None:
    good, bad, asking = (send(http, typed(n)).get_json()["id"] for n in (VISA, DECLINED, ASKING))
    intent = begin(client)
    with pytest.raises(stripe.CardError, match="declined"):
        pay(client, intent, bad)
    paid = pay(client, intent, good)
    asked = pay(client, begin(client), asking)
    assert (paid.status, paid.payment_method) == ("succeeded", good)
    assert asked.status == "requires_action"
    assert authenticate(url, asked, "succeed").json()["status"] == "succeeded"


def test_a_payment_method_is_for_one_intent_and_not_after_a_decline(
    http: FlaskClient, client: stripe.StripeClient
) -> None:
    good, bad, asking = (send(http, typed(n)).get_json()["id"] for n in (VISA, DECLINED, ASKING))
    intent = begin(client)
    pay(client, begin(client), good)
    with pytest.raises(stripe.CardError):
        pay(client, intent, bad)
    for spent in (good, bad):
        with pytest.raises(stripe.InvalidRequestError, match="used before"):
            pay(client, intent, spent)
    assert pay(client, intent, asking).status == "requires_action"
    assert pay(client, intent, asking).status == "requires_action"


def test_one_idempotency_key_makes_one_payment_method(http: FlaskClient) -> None:
    first, again = (send(http, typed(), "key-1") for _ in range(2))
    other = send(http, typed(DECLINED), "key-1")
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.get_json()["error"]["type"] == "idempotency_error"


def test_no_card_number_is_kept_or_logged(
    http: FlaskClient, tmp_path: Path, logged: pytest.CaptureFixture[str]
) -> None:
    numbers = (VISA, AMEX, ASKING, NO_TEST_CARD, "4242424242424241")
    for number in numbers:
        cvc = "1234" if number == AMEX else "987"
        for form in (number, _spaced(number)):
            send(http, typed(form, cvc=cvc))
            send(http, typed(form, cvc=cvc), f"{number[-4:]}-{len(form)}")
        send(http, typed() | {"card[exp_month]": number, "card[unknown]": number}, "odd")
    written = bytes_on_disk(tmp_path) + "".join(logged.readouterr()).encode()
    assert b"4242" in written
    assert b"payment_methods" in written
    for number in numbers:
        assert number.encode() not in written
        assert _spaced(number).encode() not in written


def test_of_a_card_that_is_no_test_card_not_even_a_hash_is_kept(
    http: FlaskClient, tmp_path: Path
) -> None:
    refused = send(http, typed(NO_TEST_CARD), "key-1")
    assert refused.status_code == 402
    assert b"key-1" not in bytes_on_disk(tmp_path)
    hashed = hashlib.sha256(NO_TEST_CARD.encode()).hexdigest()
    assert hashed[:16].encode() not in bytes_on_disk(tmp_path)


def _spaced(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
