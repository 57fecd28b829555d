"""The pages over services that answer as a test says."""

from collections.abc import Callable
from typing import Any

import httpx
from flask.testing import FlaskClient

from ticketing.client.api import connections
from ticketing.client.app import create_app
from ticketing.client.settings import ClientSettings

SETTINGS = ClientSettings(
    auth_url="http://auth",
    tickets_url="http://tickets",
    orders_url="http://orders",
    stripe_publishable_key="pk_test_of_the_tests",
    stripe_js_url="http://cards.example:1234/v3/stripe.js",
)
ID = "65b8f0000000000000000001"
SELLER, BUYER = "65b8f00000000000000000aa", "65b8f00000000000000000bb"
CSRF = "a-token"

Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Services:
    """Answers by method and path; keeps what it was asked."""

    def __init__(self, **user: Any) -> None:
        self.asked: list[httpx.Request] = []
        self._replies: dict[str, Reply] = {}
        self.says("GET /api/users/currentuser", 200, {"currentUser": user or None})

    def says(self, what: str, status: int, body: Any = None, **headers: str) -> None:
        self._replies[what] = httpx.Response(status, json=body, headers=headers)

    def breaks(self, what: str, error: Reply) -> None:
        self._replies[what] = error

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = self._replies.get(f"{request.method} {request.url.path}")
        if isinstance(reply, Exception):
            raise reply
        if callable(reply):
            return reply(request)
        missing = {"errors": [{"message": "Not Found!"}]}
        return reply or httpx.Response(404, json=missing)


def browser(services: Services, settings: ClientSettings = SETTINGS) -> FlaskClient:
    """A browser that has the CSRF cookie."""
    app = create_app(settings, connections(transport=httpx.MockTransport(services)))
    client = app.test_client()
    client.set_cookie("XSRF-TOKEN", CSRF)
    return client


def signed_in(id: str = BUYER) -> Services:
    return Services(id=id, email="ann@example.com", iat=0)


def ticket(**values: Any) -> dict[str, Any]:
    """A ticket as the API shows it."""
    return {"id": ID, "title": "Jazz", "price": 25, "userId": SELLER, "version": 0} | values


def order(**values: Any) -> dict[str, Any]:
    """An order as the API shows it."""
    shown = {"id": ID, "userId": BUYER, "status": "created", "version": 0}
    times = {"createdAt": "2026-01-31T12:00:00.000Z", "expiresAt": "2026-01-31T12:01:00.000Z"}
    of = {"ticket": {"id": ID, "title": "Jazz", "price": 25, "version": 0}}
    return shown | times | of | values
