"""Whatever is posted to tickets: the contract's error, and nothing stored."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from werkzeug.test import TestResponse

from ticketing.common.core.errors import Invalid
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import (
    NOT_JSON_OBJECTS,
    NOT_JSON_TYPES,
    NOT_TEXT,
    any_json,
    entries_of,
    errors_of,
)
from ticketing.tickets.service import Tickets

CONCERT = {"title": "Concert", "price": 20.5}
NO_TITLE = entries_of(Invalid({"title": "Title is required"}))[0]
NO_PRICE = entries_of(Invalid({"price": "Price must be greater than 0"}))[0]

BAD_TITLES: list[Any] = [
    *NOT_TEXT,
    "",
    "   ",
    "\t\n\u3000",
    "x" * 201,
    "\N{EYE}" * 201,
    "x" * 60_000,
]
BAD_PRICES: list[Any] = [
    None,
    True,
    False,
    [],
    [20],
    {},
    {"$gt": 0},
    0,
    0.0,
    -0.0,
    -1,
    -0.01,
    0.001,
    0.005,
    20.505,
    1e-9,
    1_000_000,
    999_999.999,
    1e6,
    1e22,
    1e300,
    10**30,
    10**400,
    2**64,
    "",
    " ",
    "0",
    "0.00",
    "-1",
    "+1",
    "1,50",
    "1.505",
    "1.",
    "1e3",
    "1_000",
    "0x10",
    "$5",
    "five",
    "NaN",
    "Infinity",
    "1000000",
    "9" * 31,
    "9" * 60_000,
    "0." + "0" * 60_000 + "1",
    "\u0661",
    "\uff11",
    "\u00bd",
    "1\x00",
    "\N{GRINNING FACE}",
]


class Writer:
    """Posts, or edits a ticket that is there."""

    def __init__(self, client: FlaskClient, method: str, path: str) -> None:
        self._client, self._method, self._path = client, method, path

    def write(self, **request: Any) -> TestResponse:
        return self._client.open(self._path, method=self._method, **request)


@pytest.fixture(params=["POST", "PUT"])
def writer(request: pytest.FixtureRequest, seller: FlaskClient, service: Service[Tickets]) -> Any:
    there = service.use_cases.create(title="Kept", price=100, user_id="seller")
    documents = service.stores[0].documents
    before = list(documents.find())
    path = "/api/tickets" if request.param == "POST" else f"/api/tickets/{there.id}"
    yield Writer(seller, request.param, path)
    if "any_json" not in request.node.name:
        assert list(documents.find()) == before


@pytest.mark.parametrize("title", BAD_TITLES, ids=lambda title: repr(title)[:20])
def test_a_title_is_text_of_1_to_200_characters(writer: Writer, title: Any) -> None:
    assert errors_of(writer.write(json={**CONCERT, "title": title}), 400) == [NO_TITLE]


@pytest.mark.parametrize("price", BAD_PRICES, ids=lambda price: repr(price)[:20])
def test_a_price_is_over_0_with_two_decimals_at_the_most(writer: Writer, price: Any) -> None:
    assert errors_of(writer.write(json={**CONCERT, "price": price}), 400) == [NO_PRICE]


def test_a_missing_field_is_invalid(writer: Writer) -> None:
    assert errors_of(writer.write(json={"price": 1}), 400) == [NO_TITLE]
    assert errors_of(writer.write(json={"title": "Concert"}), 400) == [NO_PRICE]


def test_every_invalid_field_has_its_entry(writer: Writer) -> None:
    errors = errors_of(writer.write(json={}), 400)
    assert sorted(errors, key=str) == sorted([NO_TITLE, NO_PRICE], key=str)


@pytest.mark.parametrize("body", NOT_JSON_OBJECTS, ids=lambda body: repr(body[:12]))
def test_what_is_no_json_object_is_refused_as_a_whole(writer: Writer, body: bytes) -> None:
    reply = writer.write(data=body, content_type="application/json")
    [error] = errors_of(reply, 400)
    assert "field" not in error


@pytest.mark.parametrize("content_type", NOT_JSON_TYPES)
def test_another_content_type_is_refused(writer: Writer, content_type: str | None) -> None:
    body = b'{"title": "Concert", "price": 20}'
    [error] = errors_of(writer.write(data=body, content_type=content_type), 400)
    assert "field" not in error


def test_a_body_over_64_kib_is_too_large(writer: Writer) -> None:
    [error] = errors_of(writer.write(json={**CONCERT, "more": "x" * 65_536}), 413)
    assert "field" not in error


def test_any_json_at_all_is_answered(writer: Writer) -> None:
    @settings(max_examples=60, deadline=None)
    @given(any_json("title", "price"))
    def write(body: str) -> None:
        reply = writer.write(data=body, content_type="application/json")
        if reply.status_code not in (200, 201):
            errors_of(reply, 400)

    write()
