"""A visitor's session is renewed while they visit, and they never notice."""

import time
from typing import Any

import httpx
import jwt
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.client.tests.scripted import BUYER, CSRF, Services, browser, signed_in
from ticketing.common.testing.tokens import JWT_KEY

RENEW = "POST /api/users/renew"
UNAUTHORIZED = {"errors": [{"message": "Not Authorized"}]}


def token(age: float, life: int = 600) -> str:
    """One of this age in seconds."""
    begins = int(time.time() - age)
    return jwt.encode({"iat": begins, "exp": begins + life, "csrf": CSRF}, JWT_KEY)


@pytest.fixture()
def session(request: pytest.FixtureRequest) -> str | None:
    """A cookie; for a number a token of this age, made when the test begins."""
    given: str | int | None = request.param
    return token(given) if isinstance(given, int) else given


def renews(services: Services) -> None:
    """Auth gives new cookies."""
    fresh = ("session=fresh; HttpOnly; Path=/", "refresh=next; HttpOnly; Path=/", "XSRF-TOKEN=x")
    headers = [("Set-Cookie", cookie) for cookie in fresh]
    services.breaks(RENEW, lambda _: httpx.Response(200, json={}, headers=headers))


def visitor(services: Services, session: str | None, refresh: str | None = "r.f.s") -> FlaskClient:
    client = browser(services)
    for name, value in (("session", session), ("refresh", refresh)):
        if value is not None:
            client.set_cookie(name, value)
    return client


def sent(services: Services, what: str) -> list[str]:
    """The cookies of each request of this kind."""
    return [
        one.headers.get("Cookie", "")
        for one in services.asked
        if f"{one.method} {one.url.path}" == what
    ]


def given(reply: TestResponse) -> dict[str, str]:
    """The cookies that an answer sets."""
    cookies = (cookie.partition(";")[0] for cookie in reply.headers.getlist("Set-Cookie"))
    return {name: value for name, _, value in (cookie.partition("=") for cookie in cookies)}


@pytest.fixture()
def services() -> Services:
    services = signed_in()
    services.says("GET /api/orders", 200, [])
    return services


@pytest.mark.parametrize("session", [None, "junk", 301, 700, "a.b.c"], indirect=True)
def test_a_session_past_half_its_tokens_life_is_renewed_before_anything_is_asked(
    services: Services, session: str | None
) -> None:
    renews(services)
    reply = visitor(services, session).get("/orders")
    assert reply.status_code == 200
    assert sent(services, RENEW) == ["refresh=r.f.s"]
    assert sent(services, "GET /api/orders") == ["session=fresh"]
    assert given(reply) == {"session": "fresh", "refresh": "next"}


def test_a_young_token_is_used_as_it_is(services: Services) -> None:
    young = token(10)
    reply = visitor(services, young).get("/orders")
    assert sent(services, RENEW) == []
    assert sent(services, "GET /api/orders") == [f"session={young}"]
    assert "session" not in given(reply)


def test_the_refresh_token_goes_to_nobody_but_to_be_renewed(services: Services) -> None:
    renews(services)
    visitor(services, token(700)).get("/orders")
    others = [one for one in services.asked if one.url.path != "/api/users/renew"]
    assert others
    assert not any("refresh" in str(one.headers) for one in others)


def test_who_has_nothing_to_renew_by_is_a_stranger_without_a_question(services: Services) -> None:
    for refresh in (None, "", "no token; at all"):
        visitor(services, None, refresh).get("/")
    assert sent(services, RENEW) == []


def test_a_session_that_is_over_is_forgotten_and_its_forms_still_work() -> None:
    services = Services()
    services.says("GET /api/orders", 401, UNAUTHORIZED)
    services.says(RENEW, 401, UNAUTHORIZED)
    client = visitor(services, token(700))
    reply = client.get("/orders", follow_redirects=True)
    assert "Sign in" in reply.text
    assert client.get_cookie("session") is None
    assert client.get_cookie("refresh") is None
    assert sent(services, "GET /api/orders") == [""]
    services.says("POST /api/users/signin", 200, {})
    body = {"csrf": CSRF, "email": "ann@example.com", "password": "x"}
    assert client.post("/auth/signin", data=body).status_code == 303


@pytest.mark.parametrize("status", [409, 503])
def test_a_token_that_is_good_yet_will_do_while_auth_is_away(
    services: Services, status: int
) -> None:
    services.says(RENEW, status)
    half = token(400)
    assert visitor(services, half).get("/orders").status_code == 200
    assert sent(services, "GET /api/orders") == [f"session={half}"]


def test_nobody_is_called_a_stranger_because_auth_is_away(services: Services) -> None:
    services.breaks(RENEW, httpx.ConnectError("refused"))
    client = visitor(services, token(700))
    reply = client.get("/orders")
    assert reply.status_code == 503
    assert "One moment, please" in reply.text
    assert client.get_cookie("refresh") is not None


def test_a_connection_that_auth_had_closed_is_no_failure(services: Services) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        if len(sent(services, RENEW)) == 1:
            raise httpx.RemoteProtocolError("closed")
        return httpx.Response(200, json={}, headers={"Set-Cookie": "session=fresh; Path=/"})

    services.breaks(RENEW, answer)
    assert visitor(services, token(700)).get("/orders").status_code == 200
    assert sent(services, "GET /api/orders") == ["session=fresh"]


@pytest.mark.parametrize(
    ("path", "what", "cookie"),
    [
        ("/auth/signin", "POST /api/users/signin", "session=anns; Path=/"),
        ("/account/signout", "POST /api/users/signout/everywhere", "session=; Max-Age=0; Path=/"),
    ],
)
def test_signing_in_or_out_counts_more_than_what_was_renewed(
    services: Services, path: str, what: str, cookie: str
) -> None:
    renews(services)
    services.says(what, 200, {}, **{"Set-Cookie": cookie})
    body: dict[str, Any] = {"csrf": CSRF, "email": "ann@example.com", "password": "x"}
    reply = visitor(services, token(700)).post(path, data=body)
    assert sent(services, what) == ["session=fresh"]
    assert [each for each in reply.headers.getlist("Set-Cookie") if "session" in each] == [cookie]


@pytest.mark.parametrize("session", [None, "junk", 10, 301, 700], indirect=True)
def test_signing_out_sends_all_that_ends_the_session_and_renews_nothing(
    services: Services, session: str | None
) -> None:
    over = "session=; Max-Age=0; Path=/"
    services.says("POST /api/users/signout", 200, {}, **{"Set-Cookie": over})
    reply = visitor(services, session).post("/auth/signout", data={"csrf": CSRF})
    both = "refresh=r.f.s" if session is None else f"session={session}; refresh=r.f.s"
    assert sent(services, "POST /api/users/signout") == [both]
    assert sent(services, RENEW) == []
    assert [each for each in reply.headers.getlist("Set-Cookie") if "session" in each] == [over]


def knows(services: Services, session: str) -> None:
    """Auth takes this token alone."""

    def answer(request: httpx.Request) -> httpx.Response:
        known = request.headers.get("Cookie") == f"session={session}"
        user = {"id": BUYER, "email": "ann@example.com", "iat": 0} if known else None
        return httpx.Response(200, json={"currentUser": user})

    services.breaks("GET /api/users/currentuser", answer)


def test_a_young_token_that_auth_does_not_take_is_renewed_once(services: Services) -> None:
    knows(services, "fresh")
    renews(services)
    young = token(10)
    reply = visitor(services, young).get("/")
    assert "/auth/signout" in reply.text
    assert sent(services, RENEW) == ["refresh=r.f.s"]
    assert sent(services, "GET /api/users/currentuser") == [f"session={young}", "session=fresh"]
    assert given(reply) == {"session": "fresh", "refresh": "next"}


@pytest.mark.parametrize(("session", "asked"), [(10, 2), (400, 1), (None, 1)], indirect=["session"])
def test_who_is_not_known_after_that_is_a_stranger(
    services: Services, session: str | None, asked: int
) -> None:
    knows(services, "another")
    renews(services)
    assert "/auth/signin" in visitor(services, session).get("/").text
    assert len(sent(services, RENEW)) == 1
    assert len(sent(services, "GET /api/users/currentuser")) == asked


def test_a_young_token_of_a_session_that_is_over_is_forgotten(services: Services) -> None:
    knows(services, "another")
    services.says(RENEW, 401, UNAUTHORIZED)
    client = visitor(services, token(10))
    assert "/auth/signin" in client.get("/").text
    assert client.get_cookie("session") is None
    assert client.get_cookie("refresh") is None


@pytest.mark.parametrize("path", ["/healthz", "/assets/a/app.js", "/favicon.ico", "/api/docs"])
def test_what_needs_no_visitor_renews_nothing(services: Services, path: str) -> None:
    assert visitor(services, token(700)).get(path).status_code == 200
    assert services.asked == []
