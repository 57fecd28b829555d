"""Who the services take a caller to be."""

import base64
import time
from datetime import UTC, datetime

import pytest
from flask import jsonify
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user, jwt_required
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.errors import NotAuthorized
from ticketing.common.identity.access import signed_in, user_if_signed_in
from ticketing.common.testing.tokens import SPELLINGS, claims_of, forged, token_of
from ticketing.common.tests.apps import app_of, errors, reply
from ticketing.common.web.routes import Routes

routes = Routes[None]("identity", __name__)
NOT_AUTHORIZED = errors(401, NotAuthorized())


@routes.route("/who", methods=["GET", "POST"])
def who() -> ResponseReturnValue:
    user = user_if_signed_in()
    return jsonify(user and {"id": user.id, "email": user.email, "iat": user.issued_at})


@routes.route("/mine", methods=["GET", "POST", "PUT", "DELETE"])
@signed_in
def mine() -> ResponseReturnValue:
    return {"id": current_user.id}


@routes.get("/library")
@jwt_required()  # type: ignore[untyped-decorator]
def guarded_by_the_library() -> ResponseReturnValue:
    return {"id": current_user.id}


app = app_of(routes)


@pytest.fixture()
def client() -> FlaskClient:
    return app.test_client()


@pytest.fixture()
def browser(client: FlaskClient) -> FlaskClient:
    """A client that has a session's cookies."""
    client.set_cookie("session", token_of("u1"))
    return client


def csrf(user_id: str) -> dict[str, str]:
    return {"X-XSRF-TOKEN": str(claims_of(user_id)["csrf"])}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_session_tells_who_asks(browser: FlaskClient) -> None:
    shown = browser.get("/who").get_json()
    assert abs(shown.pop("iat") - datetime.now(UTC).timestamp()) < 5
    assert shown == {"id": "u1", "email": "u1@example.com"}
    assert reply(browser.get("/mine")) == (200, {"id": "u1"})


def test_without_a_session_nobody_asks(client: FlaskClient) -> None:
    assert reply(client.get("/who")) == (200, None)
    assert reply(client.get("/mine")) == NOT_AUTHORIZED


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_write_with_a_cookie_needs_the_csrf_header(browser: FlaskClient, method: str) -> None:
    assert reply(browser.open("/mine", method=method)) == NOT_AUTHORIZED
    wrong = {"X-XSRF-TOKEN": "wrong"}
    assert reply(browser.open("/mine", method=method, headers=wrong)) == NOT_AUTHORIZED
    right = csrf("u1")
    assert reply(browser.open("/mine", method=method, headers=right)) == (200, {"id": "u1"})


def test_the_csrf_token_of_another_session_is_wrong(browser: FlaskClient) -> None:
    assert reply(browser.post("/mine", headers=csrf("u2"))) == NOT_AUTHORIZED


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_bearer_needs_no_csrf_header(client: FlaskClient, method: str) -> None:
    response = client.open("/mine", method=method, headers=bearer(token_of("u1")))
    assert reply(response) == (200, {"id": "u1"})


def test_a_bad_bearer_is_not_made_up_for_by_a_good_cookie(browser: FlaskClient) -> None:
    assert reply(browser.get("/mine", headers=bearer("bad"))) == NOT_AUTHORIZED
    assert reply(browser.get("/mine", headers=bearer(""))) == NOT_AUTHORIZED
    assert reply(browser.get("/mine", headers={"Authorization": "Basic eDp5"})) == (
        200,
        {"id": "u1"},
    )


NOW = int(time.time())
BAD_TOKENS = {
    "forged": forged("another key that is thirty-two bytes long or more"),
    "expired": forged(exp=NOW - 1),
    "without an end": forged(exp=None),
    "good for too long": forged(exp=NOW + 4000),
    "unsigned": forged(None, "none"),
    "of another algorithm": forged(algorithm="HS384"),
    "of no key": forged(header={}),
    "of an unknown key": forged(header={"kid": "unknown"}),
    "of another audience": forged(aud="others"),
    "without an audience": forged(aud=None),
    "of another issuer": forged(iss="others"),
    "nobody's": forged(sub=None),
    "an empty one's": forged(sub=""),
    "without an email": forged(email=None),
    "without a time of issue": forged(iat=None),
    "without a session": forged(sid=None),
    "without an epoch": forged(epoch=None),
    "with a truth for an epoch": forged(epoch=True),
    "without a CSRF token": forged(csrf=None),
    "with an empty CSRF token": forged(csrf=""),
    "a number's": forged(sub=7),
    "from the future": forged(nbf=NOW + 3600),
    "made in the future": forged(iat=NOW + 1200, exp=NOW + 1800),
    "to renew by": forged(type="refresh"),
    "too long": token_of("u" * 4000),
    "cut": token_of("u1")[:-2],
    "empty": "",
    "garbage": "garbage",
    "dots": "..",
    "two": "a.b.c d.e.f",
    "deep": base64.urlsafe_b64encode(b'{"kid":' + b"[" * 2500 + b"]" * 500).decode() + ".e30.e30",
    "not ASCII": "\xe9.\xe9.\xe9",
}


@pytest.mark.parametrize("token", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_a_bad_token_is_nobody_and_not_authorized(client: FlaskClient, token: str) -> None:
    for headers in (bearer(token), {"Cookie": f"session={token}"}):
        assert reply(client.get("/who", headers=headers)) == (200, None)
        for path in ("/mine", "/library"):
            assert reply(client.get(path, headers=headers)) == NOT_AUTHORIZED


@pytest.mark.parametrize(("spelling", "good"), SPELLINGS.items())
def test_one_token_in_the_header_is_read(browser: FlaskClient, spelling: str, good: bool) -> None:
    headers = {"Authorization": spelling.format(token_of("u2"))}
    known = browser.get("/who", headers=headers).get_json()
    if spelling.startswith("Bearer="):  # it is no bearer header: the cookie counts
        assert known["id"] == "u1"
    else:
        assert (known and known["id"]) == ("u2" if good else None)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60))
def test_no_header_at_all_is_a_fault_of_ours(text: str) -> None:
    for environ in ({"HTTP_AUTHORIZATION": text}, {"HTTP_COOKIE": f"session={text}"}):
        with app.test_client(use_cookies=False) as client:
            assert client.get("/mine", environ_overrides=environ).status_code == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_csrf_header_that_is_not_ascii_is_wrong(browser: FlaskClient, method: str) -> None:
    wrong = {"HTTP_X_XSRF_TOKEN": "\xe9"}
    assert reply(browser.open("/mine", method=method, environ_overrides=wrong)) == NOT_AUTHORIZED
    assert reply(browser.open("/who", method="POST", environ_overrides=wrong)) == (200, None)


@pytest.mark.parametrize("value", ["", " ", ",", ", ,", ",, ,,", "Bearer", "Bearer ,"])
def test_an_authorization_without_a_token_is_nobodys(client: FlaskClient, value: str) -> None:
    nobody = {"HTTP_AUTHORIZATION": value}
    assert reply(client.get("/who", environ_overrides=nobody)) == (200, None)
    for method in ("GET", "POST"):
        response = client.open("/mine", method=method, environ_overrides=nobody)
        assert reply(response) == NOT_AUTHORIZED
