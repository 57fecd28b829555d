"""Whatever is posted to orders: the contract's error, and nothing stored."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings

from ticketing.common.core.errors import Invalid
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import (
    MALFORMED_IDS,
    NOT_JSON_OBJECTS,
    NOT_JSON_TYPES,
    NOT_TEXT,
    any_json,
    entries_of,
    errors_of,
)
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import TICKET

NO_TICKET = entries_of(Invalid({"ticketId": "TicketId must be provided"}))[0]
BAD_IDS: list[Any] = [
    *NOT_TEXT,
    *MALFORMED_IDS,
    "",
    " ",
    TICKET[:-1],
    TICKET[:12],
    f"{TICKET}\x00",
    "\N{GRINNING FACE}" * 24,
    "\uff11" * 24,
    "1" * 60_000,
    {"$ne": TICKET},
    [TICKET],
    int("1" * 24),
]


@pytest.fixture(autouse=True)
def _nothing_is_stored(service: Service[Orders]) -> Any:
    yield
    assert service.stores[0].documents.count_documents({}) == 0


@pytest.mark.parametrize("ticket_id", BAD_IDS, ids=lambda id: repr(id)[:20])
def test_a_ticket_id_is_24_hex_digits(buyer: FlaskClient, ticket_id: Any) -> None:
    reply = buyer.post("/api/orders", json={"ticketId": ticket_id})
    assert errors_of(reply, 400) == [NO_TICKET]


@pytest.mark.parametrize("body", [{}, {"ticket_id": TICKET}, {"ticketid": TICKET}])
def test_a_missing_ticket_id_is_invalid(buyer: FlaskClient, body: dict[str, str]) -> None:
    assert errors_of(buyer.post("/api/orders", json=body), 400) == [NO_TICKET]


@pytest.mark.parametrize("body", NOT_JSON_OBJECTS, ids=lambda body: repr(body[:12]))
def test_what_is_no_json_object_is_refused_as_a_whole(buyer: FlaskClient, body: bytes) -> None:
    reply = buyer.post("/api/orders", data=body, content_type="application/json")
    [error] = errors_of(reply, 400)
    assert "field" not in error


@pytest.mark.parametrize("content_type", NOT_JSON_TYPES)
def test_another_content_type_is_refused(buyer: FlaskClient, content_type: str | None) -> None:
    body = f'{{"ticketId": "{TICKET}"}}'.encode()
    [error] = errors_of(buyer.post("/api/orders", data=body, content_type=content_type), 400)
    assert "field" not in error


def test_a_body_over_64_kib_is_too_large(buyer: FlaskClient) -> None:
    body = {"ticketId": TICKET, "more": "x" * 65_536}
    [error] = errors_of(buyer.post("/api/orders", json=body), 413)
    assert "field" not in error


def test_any_json_at_all_is_answered(buyer: FlaskClient) -> None:
    @settings(max_examples=60, deadline=None)
    @given(any_json("ticketId"))
    def post(body: str) -> None:
        errors_of(buyer.post("/api/orders", data=body, content_type="application/json"), 400)

    post()
