"""Whatever is posted to payments: the contract's error, nothing stored, no call to Stripe."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings

from ticketing.common.core.errors import Invalid
from ticketing.common.testing.input import (
    NOT_JSON_OBJECTS,
    NOT_JSON_TYPES,
    NOT_TEXT,
    any_json,
    entries_of,
    errors_of,
)
from ticketing.payments.tests.till import ORDER, Till

PAYMENT = {"token": "tok_visa", "orderId": ORDER}
BAD: dict[str, list[Any]] = {
    "token": [
        *NOT_TEXT,
        "",
        "  ",
        "visa",
        "tok_",
        "pm_",
        "card_visa",
        "tok visa",
        "tok_visa\n/../refunds",
        "tok_vi\x00sa",
        "tok_\N{GRINNING FACE}",
        "tok_" + "x" * 251,
        "tok_" + "x" * 60_000,
    ],
    "orderId": [*NOT_TEXT, "", "  ", "\t\n", "x" * 65, "x" * 60_000, {"$ne": ""}],
}


@pytest.fixture(autouse=True)
def _nothing_is_stored_or_asked(till: Till) -> Any:
    yield
    assert till.database["payments"].count_documents({}) == 0
    assert till.stripe.calls == []


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in BAD.items() for value in values],
    ids=lambda value: repr(value)[:20],
)
def test_a_bad_field_is_invalid(buyer: FlaskClient, field: str, value: Any) -> None:
    reply = buyer.post("/api/payments", json={**PAYMENT, field: value})
    assert errors_of(reply, 400) == [entries_of(Invalid({field: "Invalid value"}))[0]]


def test_every_missing_field_is_invalid(buyer: FlaskClient) -> None:
    for field in PAYMENT:
        rest = {name: value for name, value in PAYMENT.items() if name != field}
        errors = errors_of(buyer.post("/api/payments", json=rest), 400)
        assert errors == entries_of(Invalid({field: "Invalid value"}))
    errors = errors_of(buyer.post("/api/payments", json={}), 400)
    assert sorted(error["field"] for error in errors) == ["orderId", "token"]


@pytest.mark.parametrize("body", NOT_JSON_OBJECTS, ids=lambda body: repr(body[:12]))
def test_what_is_no_json_object_is_refused_as_a_whole(buyer: FlaskClient, body: bytes) -> None:
    reply = buyer.post("/api/payments", data=body, content_type="application/json")
    [error] = errors_of(reply, 400)
    assert "field" not in error


@pytest.mark.parametrize("content_type", NOT_JSON_TYPES)
def test_another_content_type_is_refused(buyer: FlaskClient, content_type: str | None) -> None:
    body = f'{{"token": "tok_visa", "orderId": "{ORDER}"}}'.encode()
    [error] = errors_of(buyer.post("/api/payments", data=body, content_type=content_type), 400)
    assert "field" not in error


def test_a_body_over_64_kib_is_too_large(buyer: FlaskClient) -> None:
    body = {**PAYMENT, "more": "x" * 65_536}
    [error] = errors_of(buyer.post("/api/payments", json=body), 413)
    assert "field" not in error


def test_any_json_at_all_is_answered(buyer: FlaskClient) -> None:
    @settings(max_examples=60, deadline=None)
    @given(any_json("token", "orderId"))
    def post(body: str) -> None:
        errors_of(buyer.post("/api/payments", data=body, content_type="application/json"), 400)

    post()
