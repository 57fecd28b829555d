"""The cookies of a session, and whose they are."""

import secrets
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask import jsonify
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from ticketing.auth.session_cookies import end_session, named_session, start_session
from ticketing.auth.sessions import SessionGrant
from ticketing.common.core.settings import read
from ticketing.common.runtime.app import create_app
from ticketing.common.runtime.service import Service
from ticketing.common.testing.services import ENV
from ticketing.common.testing.tokens import SPELLINGS, token_of
from ticketing.common.web.routes import Routes
from ticketing.common.web.settings import ServiceSettings

routes = Routes[None]("cookies", __name__)


@routes.post("/start")
def start() -> ResponseReturnValue:
    said = {"email": "u1@example.com", "sid": "session-of-u1", "epoch": 0}
    claims = {**said, "csrf": secrets.token_urlsafe()}
    lifetime = timedelta(minutes=10)
    grant = SessionGrant(user_id="u1", claims=claims, lifetime=lifetime, refresh="refreshing")
    return start_session(jsonify({}), grant)


@routes.post("/named")
def named() -> ResponseReturnValue:
    return jsonify(named_session())


@routes.post("/end")
def end() -> ResponseReturnValue:
    return end_session(jsonify({}))


settings = read(ServiceSettings, ENV)
app = create_app(Service(name="sample", settings=settings, env=ENV, routes=routes, use_cases=None))


@pytest.fixture()
def client() -> FlaskClient:
    return app.test_client()


@pytest.fixture()
def browser(client: FlaskClient) -> FlaskClient:
    """A client that has a session's cookies."""
    client.post("/start")
    return client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_session_can_be_named_by_who_cannot_write(browser: FlaskClient) -> None:
    assert browser.post("/named").get_json() == "session-of-u1"
    assert browser.post("/named", headers=bearer(token_of("u2"))).get_json() == "session-of-u2"
    assert browser.post("/named", headers=bearer("bad")).get_json() is None


@pytest.mark.parametrize(("spelling", "good"), SPELLINGS.items())
def test_signing_out_reads_the_token_in_the_header_that_signing_in_reads(
    browser: FlaskClient, spelling: str, good: bool
) -> None:
    headers = {"Authorization": spelling.format(token_of("u2"))}
    named = browser.post("/named", headers=headers).get_json()
    if spelling.startswith("Bearer="):  # it is no bearer header: the cookie counts
        assert named == "session-of-u1"
    else:
        assert named == ("session-of-u2" if good else None)


def cookies(client: FlaskClient, path: str, **headers: str) -> SimpleCookie:
    response = client.post(path, headers=headers)
    found = SimpleCookie()
    for line in response.headers.getlist("Set-Cookie"):
        found.load(line)
    return found


def test_the_cookies_have_the_flags_of_the_contract(client: FlaskClient) -> None:
    found = cookies(client, "/start")
    assert found.keys() == {"session", "refresh", "XSRF-TOKEN"}
    for morsel in found.values():
        assert (morsel["samesite"], morsel["path"], morsel["secure"]) == ("Lax", "/", "")
    assert found["session"]["httponly"] is True
    assert found["refresh"]["httponly"] is True
    assert found["XSRF-TOKEN"]["httponly"] == ""


def test_the_cookies_are_secure_behind_https_and_only_there(client: FlaskClient) -> None:
    for path in ("/start", "/end"):
        for proto, secure in (("https", True), ("http", "")):
            found = cookies(client, path, **{"X-Forwarded-Proto": proto})
            assert [morsel["secure"] for morsel in found.values()] == [secure] * 3


def test_ending_a_session_takes_all_cookies_away(browser: FlaskClient) -> None:
    found = cookies(browser, "/end")
    assert found.keys() == {"session", "refresh", "XSRF-TOKEN"}
    assert all(morsel.value == "" and morsel["path"] == "/" for morsel in found.values())
    assert browser.get_cookie("session") is None
