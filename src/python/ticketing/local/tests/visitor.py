"""Somebody with a browser's cookies, who signs up, sells, orders and pays through the gateway."""

import contextlib
import time
import uuid
from collections.abc import Callable
from typing import Any

import requests

from ticketing.common.testing.servers import eventually

PASSWORD = "correct horse battery"

Json = dict[str, Any]


class Visitor:
    """A verb asserts success and returns the JSON; a `try_` verb returns the response as it is."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self.email = f"{uuid.uuid4().hex}@example.com"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"X-XSRF-TOKEN": self._session.cookies.get("XSRF-TOKEN", "")}
        headers |= options.pop("headers", {})
        url = f"{self._url}/api{path}"
        return self._session.request(method, url, headers=headers, timeout=60, **options)

    def page(self, path: str) -> str:
        """A page as a browser without scripts shows it."""
        reply = self._session.get(f"{self._url}{path}", timeout=60)
        assert reply.ok, reply.text
        return reply.text

    def sign_up(self) -> "Visitor":
        body = {"email": self.email, "password": PASSWORD}
        _expect(201, self.request("POST", "/users/signup", json=body))
        return self

    def sell(self, title: str = "A concert", price: float = 20) -> Json:
        ticket = {"title": title, "price": price}
        return _expect(201, self.request("POST", "/tickets", json=ticket))

    def ticket(self, ticket_id: str) -> Json:
        return _expect(200, self.request("GET", f"/tickets/{ticket_id}"))

    def on_sale(self) -> list[Json]:
        tickets: list[Json] = self.request("GET", "/tickets", params={"limit": 200}).json()
        return tickets

    def try_order(self, ticket_id: str) -> requests.Response:
        return self.request("POST", "/orders", json={"ticketId": ticket_id})

    def order(self, ticket_id: str) -> Json:
        """Waits for the ticket to be known to orders, and for an earlier hold on it to end."""
        refused = (400, 404)
        return _expect(201, _once_not(refused, lambda: self.try_order(ticket_id)))

    def grab(self, ticket_id: str, within: float) -> Json | None:
        """Tries for some seconds to order a ticket; None when somebody else keeps it."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            reply = self.try_order(ticket_id)
            if reply.status_code == requests.codes.created:
                return _expect(201, reply)
            time.sleep(0.02)
        return None

    def order_status(self, order_id: str) -> str:
        return str(_expect(200, self.request("GET", f"/orders/{order_id}"))["status"])

    def cancel(self, order_id: str) -> None:
        reply = self.request("DELETE", f"/orders/{order_id}")
        assert reply.status_code == 204, reply.text

    def try_pay(self, order_id: str, token: str = "tok_visa") -> requests.Response:
        return self.request("POST", "/payments", json={"token": token, "orderId": order_id})

    def pay(self, order_id: str, token: str = "tok_visa", status: int = 201) -> Json:
        """Waits for the order to be known to payments."""
        return _expect(status, _once_not((404,), lambda: self.try_pay(order_id, token)))

    def close(self) -> None:
        self._session.close()


def _once_not(
    statuses: tuple[int, ...], send: Callable[[], requests.Response]
) -> requests.Response:
    replies = [send()]

    def settled() -> bool:
        if replies[-1].status_code in statuses:
            replies.append(send())
        return replies[-1].status_code not in statuses

    with contextlib.suppress(AssertionError):  # the caller says what it expected instead
        eventually(settled)
    return replies[-1]


def _expect(status: int, reply: requests.Response) -> Json:
    assert reply.status_code == status, f"{reply.status_code} {reply.text}"
    body: Json = reply.json()
    return body
