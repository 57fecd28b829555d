"""What becomes of the bodies that clients send, good and bad."""

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, validate

from ticketing.common.core.errors import Invalid
from ticketing.common.tests.apps import app_of, errors, reply
from ticketing.common.web.errors import BodyTooLong
from ticketing.common.web.routes import MAX_BODY, MalformedJson, NotAnObject, NotJson, Routes, body
from ticketing.common.web.schemas import Price, text

routes = Routes[None]("bodies", __name__)

TITLE = "Title is required"
GOOD = {"title": "Concert", "price": 20}
MALFORMED = errors(400, MalformedJson())
NOT_AN_OBJECT = errors(400, NotAnObject())
NOT_JSON = errors(400, NotJson())
TOO_LONG = errors(413, BodyTooLong())


class NewThing(Schema):
    title = text(TITLE, validate.Length(1, 200))
    price = Price()


@routes.post("/things")
def make() -> ResponseReturnValue:
    return body(NewThing()), 201


client: FlaskClient = app_of(routes).test_client()


def post(data: bytes, content_type: str | None = "application/json") -> tuple[int, Any]:
    return reply(client.post("/things", data=data, content_type=content_type))


def test_a_good_body_is_loaded_and_unknown_fields_are_ignored() -> None:
    sent = {"title": "  Fü\U0001f3ab ", "price": "20.50", "id": 1, "__proto__": {}}
    assert post(json.dumps(sent).encode()) == (201, {"title": "Fü\U0001f3ab", "price": 2050})


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "application/problem+json"]
)
def test_kinds_of_json_are_json(content_type: str) -> None:
    assert post(json.dumps(GOOD).encode(), content_type)[0] == 201


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "é", "json"]
)
def test_what_does_not_say_that_it_is_json_is_refused(content_type: str | None) -> None:
    assert post(json.dumps(GOOD).encode(), content_type) == NOT_JSON


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b'{"title": "a", "price": 1,}',
        b"{'title': 'a'}",
        b"\xff\xfe{}",
        b'{"title": "\xff", "price": 1}',
        b'{"title": "\\ud800", "price": 1}',
        b'{"title": "\xed\xa0\x80", "price": 1}',
        b'{"title": "a", "price": NaN}',
        b'{"title": "a", "price": Infinity}',
        b'{"title": "a", "price": 1} {}',
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"[" * 20_000 + b"]" * 20_000,
        "{}".encode("utf-16"),
    ],
)
def test_what_is_not_json_is_malformed(data: bytes) -> None:
    assert post(data) == MALFORMED


@pytest.mark.parametrize("data", [b"[]", b"null", b'"text"', b"7", b"true", b'[{"title": "a"}]'])
def test_json_that_is_no_object_is_refused(data: bytes) -> None:
    assert post(data) == NOT_AN_OBJECT


def test_an_empty_object_lacks_every_field() -> None:
    status, shown = post(b"{}")
    assert status == 400
    assert {(one["field"], one["message"]) for one in shown["errors"]} == {
        ("title", TITLE),
        ("price", Price.MESSAGE),
    }


@pytest.mark.parametrize("title", [None, "", " \t\n", 7, True, [], {}, ["a"], "a" * 201])
def test_a_bad_field_is_named_with_its_message(title: Any) -> None:
    assert post(json.dumps({**GOOD, "title": title}).encode()) == errors(
        400, Invalid({"title": TITLE})
    )


def test_a_number_too_large_for_any_machine_is_an_error_of_its_field() -> None:
    for digits in ("9" * 5000, "1e999", "-1e400", "1e-400"):
        status, shown = post(b'{"title": "a", "price": ' + digits.encode() + b"}")
        assert status == 400
        assert shown in (MALFORMED[1], errors(400, Invalid({"price": Price.MESSAGE}))[1])


def padded(length: int) -> bytes:
    start = b'{"title": "a", "price": 1, "more": "'
    return start + b"x" * (length - len(start) - 2) + b'"}'


def test_a_body_may_be_64_kib_long_and_no_longer() -> None:
    assert len(padded(MAX_BODY)) == 64 * 1024
    assert post(padded(MAX_BODY))[0] == 201
    assert post(padded(MAX_BODY + 1)) == TOO_LONG
    assert post(padded(10 * MAX_BODY)) == TOO_LONG


@pytest.mark.parametrize(
    ("length", "status"), [(100, 201), (MAX_BODY, 201), (MAX_BODY + 1, 413), (10 * MAX_BODY, 413)]
)
def test_a_chunked_body_has_the_same_limit(length: int, status: int) -> None:
    response = client.post(
        "/things",
        input_stream=io.BytesIO(padded(length)),
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == status


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200) | st.text(max_size=50).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_bytes_at_all_are_a_fault_of_ours(data: bytes) -> None:
    assert post(data)[0] == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(title=JSON, price=JSON)
def test_no_json_in_a_field_is_a_fault_of_ours(title: Any, price: Any) -> None:
    status, shown = post(json.dumps({"title": title, "price": price}).encode())
    assert status in (201, 400)
    if status == 201:
        assert isinstance(title, str)
        assert isinstance(shown["price"], int)
