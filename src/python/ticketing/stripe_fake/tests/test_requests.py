"""What is not right about a request is said as Stripe says it, and is never a 500."""

import base64

import pytest
from flask.testing import FlaskClient

from ticketing.stripe_fake.tests.serving import KEY

NEW = {"amount": "1000", "currency": "usd", "allowed_payment_method_types[]": "card"}
INTENTS = "/v1/payment_intents"

WRONG = [
    ({"amount": None}, "amount", "parameter_missing", "Missing required param: amount."),
    ({"amount": ""}, "amount", "parameter_invalid_empty", "You passed an empty string"),
    ({"amount": "ten"}, "amount", "parameter_invalid_integer", "Invalid integer: ten"),
    ({"amount": "10.5"}, "amount", "parameter_invalid_integer", "Invalid integer: 10.5"),
    ({"amount": "NaN"}, "amount", "parameter_invalid_integer", "Invalid integer: NaN"),
    ({"amount": "1" * 5000}, "amount", "parameter_invalid_integer", "Invalid integer"),
    ({"amount": "1_000"}, "amount", "parameter_invalid_integer", "Invalid integer"),
    ({"amount": "-5"}, "amount", "parameter_invalid_integer", "greater than or equal to 1"),
    ({"amount": "49"}, "amount", "amount_too_small", "Amount must be at least $0.50 usd"),
    ({"amount": "100000000"}, "amount", "amount_too_large", "no more than $999,999.99"),
    ({"amount[a]": "1", "amount": None}, "amount", None, "Invalid string"),
    ({"amount[a]": "1"}, "amount[a]", None, "Invalid object"),
    ({"currency": None}, "currency", "parameter_missing", "Missing required param: currency."),
    ({"currency": "xyz"}, "currency", None, "Invalid currency: xyz"),
    ({"colour": "red"}, "colour", "parameter_unknown", "Received unknown parameter: colour"),
    ({"a": "1", "b": "2"}, "a", "parameter_unknown", "Received unknown parameters: a, b"),
    ({"a[b][c][d][e][f]": "1"}, "a[b][c][d][e][f]", None, "Invalid parameter name"),
    ({"[": "1"}, "[", None, "Invalid parameter name"),
    ({"confirm": "perhaps"}, "confirm", None, "Invalid boolean: perhaps"),
    ({"description": "x" * 5001}, "description", "parameter_invalid_string", "at most 5000"),
    ({"metadata": "x"}, "metadata", None, "Invalid object"),
    ({"metadata[a][b]": "x"}, "metadata[a]", None, "Invalid string"),
    ({"metadata[a]": "x" * 501}, "metadata[a]", None, "up to 500"),
    ({f"metadata[{n}]": "x" for n in range(51)}, "metadata", None, "at most 50"),
    (
        {"payment_method_types[]": "card"},
        "payment_method_types",
        "payment_method_types_no_longer_supported",
        "no longer supported",
    ),
    (
        {"allowed_payment_method_types[]": "sepa_debit"},
        "allowed_payment_method_types",
        None,
        "takes card",
    ),
    (
        {"payment_method": "pm_x"},
        "payment_method",
        "resource_missing",
        "No such PaymentMethod: 'pm_x'",
    ),
    ({"payment_method": "tok_visa"}, "payment_method", "resource_missing", "No such PaymentMethod"),
    (
        {"payment_method_data[type]": "card", "payment_method_data[card][token]": "tok_x"},
        "payment_method_data[card][token]",
        "resource_missing",
        "No such token: 'tok_x'",
    ),
    (
        {"payment_method_data[card][token]": "tok_visa"},
        "payment_method_data[type]",
        "parameter_missing",
        "Missing required param: payment_method_data[type].",
    ),
    (
        {"payment_method_data[type]": "card", "payment_method_data[card][number]": "4242"},
        "payment_method_data[card][number]",
        "parameter_unknown",
        "Received unknown parameter: payment_method_data[card][number]",
    ),
]


@pytest.mark.parametrize(("change", "param", "code", "message"), WRONG)
def test_a_wrong_parameter_is_named(
    http: FlaskClient,
    change: dict[str, str | None],
    param: str,
    code: str | None,
    message: str,
) -> None:
    fields = {name: value for name, value in {**NEW, **change}.items() if value is not None}
    answer = http.post(INTENTS, data=fields)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert error["param"] == param
    assert message in error["message"]
    assert code is None or error["code"] == code
    assert http.get(INTENTS).get_json()["data"] == []


def test_without_a_key_nobody_is_let_in(http: FlaskClient) -> None:
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    good = [f"Bearer {KEY}", f"Basic {basic}"]
    bad = ["", "Bearer", "Bearer rk_test_x", "Basic !!!", "Basic Og==", "Digest x=y", "Bearer a=b"]
    statuses = [http.get(INTENTS, headers={"Authorization": value}).status_code for value in good]
    refused = [http.get(INTENTS, headers={"Authorization": value}).status_code for value in bad]
    assert statuses == [200] * len(good)
    assert refused == [401] * len(bad)


@pytest.mark.parametrize(
    ("path", "param"),
    [
        (f"{INTENTS}/pi_x", "intent"),
        ("/v1/charges/ch_x", "id"),
        ("/v1/refunds/re_x", "id"),
    ],
)
def test_what_is_not_known_is_404(http: FlaskClient, path: str, param: str) -> None:
    answer = http.get(path)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (404, "resource_missing", param)


def test_unknown_paths_and_verbs_are_404(http: FlaskClient) -> None:
    answers = [http.get("/v1/customers"), http.delete(INTENTS), http.put("/"), http.get("/v1/\x00")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert (
        "Unrecognized request URL (GET: /v1/customers)" in answers[0].get_json()["error"]["message"]
    )


def test_confirming_or_canceling_what_is_not_known_is_404(http: FlaskClient) -> None:
    assert http.post(f"{INTENTS}/pi_x/confirm").status_code == 404
    assert http.post(f"{INTENTS}/pi_x/cancel").status_code == 404
    unknown = {"client_secret": "x", "outcome": "fail"}
    assert http.post("/test/payment_intents/pi_x/authenticate", data=unknown).status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "starting_after=pi_x", "q=1"])
def test_a_wrong_page_is_refused(http: FlaskClient, query: str) -> None:
    assert http.get(f"{INTENTS}?{query}").status_code == 400


def test_only_forms_are_read_and_only_short_ones(http: FlaskClient) -> None:
    assert http.post(INTENTS, json=NEW).status_code == 400
    assert http.post(INTENTS, data={**NEW, "description": "x" * 70_000}).status_code == 413


def test_a_key_that_is_too_long_is_refused(http: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k" * 256}
    assert http.post(INTENTS, data=NEW, headers=headers).status_code == 400


def test_any_text_is_kept_as_it_came(http: FlaskClient) -> None:
    words = "<script> \U0001f3ab \u202e ' \" \x00 \n"
    made = http.post(INTENTS, data={**NEW, "metadata[title]": words, "metadata[gone]": ""})
    found = http.get(f"{INTENTS}/{made.get_json()['id']}").get_json()
    assert found["metadata"] == {"title": words}


def test_both_signs_of_life_need_no_key(http: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = http.get(path, headers={"Authorization": ""})
        assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "missing": []})
