"""Cookies, tokens and who they say is signed in."""

import time
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.common.testing.services import ENV

ANN = {"email": "ann@example.com", "password": "correct horse"}
KEY = ENV["JWT_KEY"]


@pytest.fixture()
def account(anns_sign_up: TestResponse) -> dict[str, str]:
    return dict(anns_sign_up.get_json())


@pytest.fixture()
def browser(stranger: FlaskClient, anns_sign_up: TestResponse) -> FlaskClient:
    """Ann's, with the cookies of her session."""
    for cookie in anns_sign_up.headers.getlist("Set-Cookie"):
        name, _, value = cookie.partition(";")[0].partition("=")
        stranger.set_cookie(name, value)
    return stranger


def test_nobody_is_signed_in_at_first(client: FlaskClient) -> None:
    reply = client.get("/api/users/currentuser")
    assert reply.status_code == 200
    assert reply.json == {"currentUser": None}


def test_signing_up_gives_a_session_in_three_cookies(anns_sign_up: TestResponse) -> None:
    _check_cookies(anns_sign_up)


def test_signing_in_gives_a_session_in_three_cookies(stranger: FlaskClient) -> None:
    _check_cookies(stranger.post("/api/users/signin", json=ANN))


def _check_cookies(reply: TestResponse) -> None:
    given = {cookie.partition("=")[0]: cookie for cookie in reply.headers.getlist("Set-Cookie")}
    assert given.keys() == {"session", "refresh", "XSRF-TOKEN"}
    assert _attributes(given["session"]) == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert _attributes(given["refresh"]) == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert _attributes(given["XSRF-TOKEN"]) == {"Path=/", "SameSite=Lax"}


def test_cookies_are_secure_behind_https(client: FlaskClient) -> None:
    https = {"X-Forwarded-Proto": "https"}
    reply = client.post("/api/users/signup", json=ANN, headers=https)
    for cookie in reply.headers.getlist("Set-Cookie"):
        assert "Secure" in _attributes(cookie)


def test_the_token_holds_who_and_since_when_and_no_secret(
    browser: FlaskClient, account: dict[str, str]
) -> None:
    claims = jwt.decode(_session(browser), KEY, algorithms=["HS256"], audience="ticketing")
    assert claims["sub"] == account["id"]
    assert claims["email"] == "ann@example.com"
    assert abs(claims["iat"] - time.time()) < 5
    assert claims["exp"] - claims["iat"] == 600
    ours = {"sub", "email", "sid", "epoch", "csrf", "iat", "exp", "iss", "aud"}
    assert set(claims) == ours | {"jti", "type", "fresh"}


def test_the_current_user_is_who_signed_in(browser: FlaskClient, account: dict[str, str]) -> None:
    reply: Any = browser.get("/api/users/currentuser").json
    issued_at = reply["currentUser"].pop("iat")
    assert reply == {"currentUser": account}
    assert isinstance(issued_at, int)


def test_a_bearer_token_is_as_good_as_the_cookie(
    browser: FlaskClient, account: dict[str, str]
) -> None:
    assert _current_user(browser, _session(browser))["id"] == account["id"]


@pytest.mark.parametrize("body", [None, b"", b"{}", b"{", b"[1]"])
def test_signing_out_clears_the_session_whatever_the_body(
    browser: FlaskClient, body: bytes | None
) -> None:
    reply = browser.post("/api/users/signout", data=body)
    assert reply.status_code == 200
    assert reply.json == {}
    assert len(reply.headers.getlist("Set-Cookie")) == 3
    for name in ("session", "refresh", "XSRF-TOKEN"):
        assert browser.get_cookie(name) is None
    assert browser.get("/api/users/currentuser").json == {"currentUser": None}


def test_signing_out_needs_no_session(client: FlaskClient) -> None:
    assert client.post("/api/users/signout").status_code == 200


def _current_user(client: FlaskClient, token: str) -> Any:
    bearer = {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    other = client.application.test_client()
    reply = other.get("/api/users/currentuser", headers=bearer)
    assert reply.status_code == 200
    body: Any = reply.json
    return body["currentUser"]


def _session(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def _attributes(cookie: str) -> set[str]:
    return {part.strip() for part in cookie.split(";")[1:]}
