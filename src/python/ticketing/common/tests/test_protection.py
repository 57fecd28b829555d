"""The headers that keep browsers safe, and the sites whose scripts are let in."""

from typing import Any

import pytest
from flask import Response
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from ticketing.common.tests.apps import app_of
from ticketing.common.web.routes import Routes

SHOP = "https://shop.example"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}

READABLE = ["ETag", "Idempotent-Replayed", "Link", "Retry-After", "X-Request-ID"]

routes = Routes[None]("protected", __name__)


@routes.get("/api/thing")
def thing() -> ResponseReturnValue:
    return {"id": "1"}


@routes.post("/api/thing")
def make() -> ResponseReturnValue:
    return {}, 201


@routes.get("/api/broken")
def broken() -> ResponseReturnValue:
    raise ZeroDivisionError


@routes.get("/api/session")
def session() -> ResponseReturnValue:
    response = Response()
    response.set_cookie("session", "secret")
    return response


@routes.get("/page")
def page() -> ResponseReturnValue:
    own = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "max-age=60"}
    return Response("page", headers=own)


def client(**env: str) -> FlaskClient:
    return app_of(routes, env=env).test_client()


def shown(response: Any, *names: str) -> list[str | None]:
    return [response.headers.get(name) for name in names]


@pytest.mark.parametrize("path", ["/api/thing", "/api/broken", "/nowhere", "/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "TRACE"])
def test_every_answer_has_the_headers_whatever_it_says(path: str, method: str) -> None:
    response = client().open(path, method=method)
    assert {name: response.headers.getlist(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }


def test_what_an_application_says_itself_stands() -> None:
    response = client().get("/page")
    assert shown(response, "Content-Security-Policy", "Cache-Control", "X-Frame-Options") == [
        "default-src 'self'",
        "max-age=60",
        "DENY",
    ]


def test_what_sets_a_cookie_is_stored_nowhere() -> None:
    assert shown(client().get("/api/session"), "Cache-Control") == ["no-store"]


def test_browsers_that_came_by_https_are_told_to_stay_there() -> None:
    https = {"X-Forwarded-Proto": "https"}
    name = "Strict-Transport-Security"
    assert shown(client().get("/api/thing", headers=https), name) == ["max-age=31536000"]
    assert shown(client().get("/api/thing"), name) == [None]
    stranger = {"REMOTE_ADDR": "203.0.113.5"}
    answer = client().get("/api/thing", headers=https, environ_base=stranger)
    assert shown(answer, name) == [None]


PREFLIGHT = {
    "Origin": SHOP,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, x-evil",
}


def cors(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.headers if name.startswith("Access-Control")}


def test_no_other_site_is_let_in_unless_it_is_named() -> None:
    for origin in (SHOP, "null", "*", "http://localhost"):
        assert cors(client().get("/api/thing", headers={"Origin": origin})) == {}
    asked = client().options("/api/thing", headers=PREFLIGHT)
    assert (asked.status_code, cors(asked)) == (404, {})


@pytest.mark.parametrize("listed", [SHOP, f"http://other.example:8080, {SHOP}"])
def test_a_named_site_may_use_the_api(listed: str) -> None:
    browser = client(CORS_ORIGINS=listed)
    asked = browser.options("/api/thing", headers=PREFLIGHT)
    assert asked.status_code == 204
    assert cors(asked) == {
        "Access-Control-Allow-Origin": SHOP,
        "Access-Control-Allow-Methods": "DELETE, GET, POST, PUT",
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Max-Age": "600",
        "Access-Control-Expose-Headers": ", ".join(READABLE),
    }
    for path in ("/api/thing", "/api/broken", "/api/nowhere"):
        got = browser.get(path, headers={"Origin": SHOP})
        assert got.headers.getlist("Access-Control-Allow-Origin") == [SHOP]
        assert "Access-Control-Allow-Credentials" not in got.headers
        assert "Origin" in got.vary


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example:444",
        "https://shop.example.evil.example",
        "https://sub.shop.example",
        "https://shopxexample",
        "null",
    ],
)
def test_sites_that_are_not_named_stay_outside(origin: str) -> None:
    browser = client(CORS_ORIGINS=f"{SHOP},https://other.example")
    asked = browser.options("/api/thing", headers={**PREFLIGHT, "Origin": origin})
    assert cors(asked) == {}
    got = browser.get("/api/thing", headers={"Origin": origin})
    assert cors(got) == {}
    assert "Origin" in got.vary


def test_only_the_api_is_opened() -> None:
    browser = client(CORS_ORIGINS=SHOP)
    for path in ("/page", "/healthz"):
        assert cors(browser.get(path, headers={"Origin": SHOP})) == {}
