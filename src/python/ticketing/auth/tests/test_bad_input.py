"""Whatever is posted to auth: the contract's error, and nothing stored."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings

from ticketing.auth.service import Accounts
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

SIGN_UP, SIGN_IN = "/api/users/signup", "/api/users/signin"
ANN = {"email": "ann@example.com", "password": "correct horse"}
MESSAGES = {
    (SIGN_UP, "email"): "Email must be valid",
    (SIGN_IN, "email"): "Email must be valid",
    (SIGN_UP, "password"): "Password must be between 8 and 128 characters",
    (SIGN_IN, "password"): "You must supply a password",
}
BAD_EMAILS = [
    "",
    " ",
    "ann",
    "ann@",
    "@example.com",
    "ann@@example.com",
    "ann@example",
    "ann bee@example.com",
    "ann@example.com, bob@example.com",
    "ann@example..com",
    "ann\x00@example.com",
    "ann@exam\x00ple.com",
    "ann@example.com\r\nBcc: bob@example.com",
    "\N{GRINNING FACE}",
    "a" * 300 + "@example.com",
    "ann@" + "example." * 40 + "com",
    "a" * 60_000,
    "@" * 60_000,
    "a@" * 30_000,
    "ann\u200b@example.com",
    "an\u00adn@example.com",
    "ann\u2060@example.com",
    "ann\ufe0f@example.com",
    "ann\u3164@example.com",
    "\ufeffann@example.com",
    "ann@exam\u200bple.com",
    "ann@exam\u00adple.com",
    "\u202enna@example.com",
    "\ufb01n@example.com",
    "ann\uff20example.com",
    "a\uff20b@example.com",
    "ann@example.com.",
    "ann@example.com\u3002",
    "ann@xn--a.example",
    "ann@xn--m\u00fcnchen.example",
    "ann@-example.com",
    "ann@127.0.0.1",
    "ann@[127.0.0.1]",
    '"ann bee"@example.com',
    "Ann <ann@example.com>",
    "<ann@example.com>",
    "a" * 243 + "@example.com",
    "\u00e9" * 122 + "@example.com",
]


@pytest.fixture(params=[SIGN_UP, SIGN_IN])
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _nothing_is_stored(service: Service[Accounts]) -> Any:
    yield
    assert service.stores[0].documents.count_documents({}) == 0


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("value", NOT_TEXT, ids=repr)
def test_a_field_of_another_type_is_invalid(
    client: FlaskClient, path: str, field: str, value: Any
) -> None:
    reply = client.post(path, json={**ANN, field: value})
    assert errors_of(reply, 400) == [entries_of(Invalid({field: MESSAGES[path, field]}))[0]]


@pytest.mark.parametrize("field", ["email", "password"])
def test_a_missing_field_is_invalid(client: FlaskClient, path: str, field: str) -> None:
    rest = {name: value for name, value in ANN.items() if name != field}
    errors = errors_of(client.post(path, json=rest), 400)
    assert errors == entries_of(Invalid({field: MESSAGES[path, field]}))


def test_every_invalid_field_has_its_entry(client: FlaskClient, path: str) -> None:
    errors = errors_of(client.post(path, json={}), 400)
    assert {error["field"]: error["message"] for error in errors} == {
        field: MESSAGES[path, field] for field in ("email", "password")
    }
    assert len(errors) == 2


@pytest.mark.parametrize("email", BAD_EMAILS, ids=lambda email: ascii(email[:20]))
def test_what_is_no_email_is_invalid(client: FlaskClient, path: str, email: str) -> None:
    errors = errors_of(client.post(path, json={**ANN, "email": email}), 400)
    assert errors == entries_of(Invalid({"email": "Email must be valid"}))


@pytest.mark.parametrize("password", ["", "1234567", "a" * 129, "a" * 60_000, "\N{EYE}" * 7])
def test_a_new_password_has_8_to_128_characters(client: FlaskClient, password: str) -> None:
    errors = errors_of(client.post(SIGN_UP, json={**ANN, "password": password}), 400)
    assert errors == [entries_of(Invalid({"password": MESSAGES[SIGN_UP, "password"]}))[0]]


def test_an_empty_password_signs_nobody_in(client: FlaskClient) -> None:
    errors = errors_of(client.post(SIGN_IN, json={**ANN, "password": ""}), 400)
    assert errors == [entries_of(Invalid({"password": "You must supply a password"}))[0]]


@pytest.mark.parametrize("body", NOT_JSON_OBJECTS, ids=lambda body: repr(body[:12]))
def test_what_is_no_json_object_is_refused_as_a_whole(
    client: FlaskClient, path: str, body: bytes
) -> None:
    [error] = errors_of(client.post(path, data=body, content_type="application/json"), 400)
    assert "field" not in error


@pytest.mark.parametrize("content_type", NOT_JSON_TYPES)
def test_another_content_type_is_refused(
    client: FlaskClient, path: str, content_type: str | None
) -> None:
    body = b'{"email": "ann@example.com", "password": "correct horse"}'
    [error] = errors_of(client.post(path, data=body, content_type=content_type), 400)
    assert "field" not in error


def test_a_body_over_64_kib_is_too_large(client: FlaskClient, path: str) -> None:
    [error] = errors_of(client.post(path, json={**ANN, "more": "x" * 65_536}), 413)
    assert "field" not in error


def test_any_json_at_all_is_answered(client: FlaskClient, path: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(any_json("email", "password"))
    def post(body: str) -> None:
        errors_of(client.post(path, data=body, content_type="application/json"), 400)

    post()
