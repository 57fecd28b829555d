"""The platform's HTTP API as the pages call it: with the visitor's cookies, as any client would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from ticketing.client.replies import cookies, listing, read, refuse
from ticketing.client.syntax import ID
from ticketing.client.views import CurrentUser, Listing, Order, Sales, Ticket, User
from ticketing.common.core.errors import Conflict, NotFound, Unavailable
from ticketing.common.core.logs import logger

log = logger(__name__)

TIMEOUT = httpx.Timeout(5, connect=2)
"""Seconds; a payment is the browser's own call, so nothing here waits for a bank."""


KEY = "Idempotency-Key"
_PATIENTLY = Retrying(
    retry=retry_if_exception_type(Conflict),
    wait=wait_exponential(0.05),
    stop=stop_after_attempt(7),
    reraise=True,
)
"""Asks again for about three seconds while the first request with this key is still running."""


def connections(**options: Any) -> httpx.Client:
    """Connections to the services, which all visitors share: a cookie that a service sets is for
    one of them, so none is kept here.
    """
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(cookies=no_cookies, timeout=TIMEOUT, trust_env=False, **options)


@dataclass(frozen=True)
class Services:
    """Where the services are, and the connections to them; shared by all requests."""

    http: httpx.Client
    auth_url: str
    tickets_url: str
    orders_url: str


class Api:
    """The API in the name of one visitor, whose cookie and CSRF token go along in `headers`.

    A reply that is no success raises the kind of `common.core.errors` that the service raised;
    Unavailable also where there is no reply.
    """

    def __init__(self, services: Services, headers: Mapping[str, str]) -> None:
        self._http, self._headers = services.http, headers
        self._users = f"{services.auth_url}/api/users"
        self._tickets = f"{services.tickets_url}/api/tickets"
        self._orders = f"{services.orders_url}/api/orders"

    def current_user(self) -> User | None:
        return read(self._get(f"{self._users}/currentuser"), CurrentUser).current_user

    def sign_up(self, email: str, password: str, key: str | None) -> list[str]:
        """Returns the cookies to set, as `sign_in` and `sign_out` do."""
        body = {"email": email, "password": password}
        return cookies(self._create(f"{self._users}/signup", body, key))

    def sign_in(self, email: str, password: str) -> list[str]:
        body = {"email": email, "password": password}
        return cookies(self._send("POST", f"{self._users}/signin", body))

    def sign_out(self) -> list[str]:
        return cookies(self._send("POST", f"{self._users}/signout"))

    def sign_out_everywhere(self) -> list[str]:
        return cookies(self._send("POST", f"{self._users}/signout/everywhere"))

    def renew(self, refresh: str) -> list[str]:
        """New cookies for the session of this refresh token; raises NotAuthorized if it is over."""
        headers = {"Cookie": f"refresh={refresh}"}
        return cookies(self._answered("POST", f"{self._users}/renew", headers=headers, again=True))

    def change_email(self, email: str, current_password: str) -> list[str]:
        """Returns the cookies of the one session that there is then, as `change_password` does."""
        body = {"email": email, "currentPassword": current_password}
        return cookies(self._send("PUT", f"{self._users}/email", body))

    def change_password(self, password: str, current_password: str) -> list[str]:
        body = {"password": password, "currentPassword": current_password}
        return cookies(self._send("PUT", f"{self._users}/password", body))

    def tickets_on_sale(self, asked: Mapping[str, str]) -> Listing[Ticket]:
        """`asked` holds the list's query parameters, as in the contract."""
        return listing(self._get(self._tickets, asked), Ticket)

    def own_tickets(self, asked: Mapping[str, str]) -> Listing[Ticket]:
        return listing(self._get(f"{self._tickets}/mine", asked), Ticket)

    def own_sales(self) -> Sequence[Sales]:
        """The last 30 days' sales; days without any are left out."""
        return read(self._get(f"{self._tickets}/mine/sales"), list[Sales])

    def ticket(self, ticket_id: str) -> Ticket:
        return read(self._get(f"{self._tickets}/{_segment(ticket_id)}"), Ticket)

    def list_ticket(self, described: Mapping[str, str], key: str | None) -> Ticket:
        return read(self._create(self._tickets, described, key), Ticket)

    def edit_ticket(self, ticket_id: str, described: Mapping[str, str]) -> None:
        self._send("PUT", f"{self._tickets}/{_segment(ticket_id)}", described)

    def withdraw(self, ticket_id: str) -> None:
        self._send("POST", f"{self._tickets}/{_segment(ticket_id)}/withdraw")

    def relist(self, ticket_id: str) -> None:
        self._send("POST", f"{self._tickets}/{_segment(ticket_id)}/relist")

    def own_orders(self, asked: Mapping[str, str]) -> Listing[Order]:
        return listing(self._get(self._orders, {"sort": "newest", **asked}), Order)

    def order(self, order_id: str) -> Order:
        return read(self._get(f"{self._orders}/{_segment(order_id)}"), Order)

    def place_order(self, ticket_id: str, key: str | None) -> Order:
        return read(self._create(self._orders, {"ticketId": ticket_id}, key), Order)

    def cancel_order(self, order_id: str) -> None:
        self._send("DELETE", f"{self._orders}/{_segment(order_id)}")

    def _get(self, url: str, asked: Mapping[str, str] | None = None) -> httpx.Response:
        return self._answered("GET", url, params=asked)

    def _send(self, method: str, url: str, body: Any = None) -> httpx.Response:
        return self._answered(method, url, json=body)

    def _create(self, url: str, body: Any, key: str | None) -> httpx.Response:
        """What is made once for this key; where another request with it is still being answered,
        that is waited for.
        """
        if key is None:
            return self._send("POST", url, body)
        try:
            return _PATIENTLY(self._answered, "POST", url, json=body, headers={KEY: key})
        except Conflict as conflict:
            raise Unavailable("What was asked for takes its time") from conflict

    def _answered(self, method: str, url: str, **content: Any) -> httpx.Response:
        try:
            reply = self._ask(method, url, content)
        except httpx.TransportError as error:
            log.warning("a service gives no answer", url=url, reason=repr(error))
            raise Unavailable("A part of the platform gives no answer") from error
        if not reply.is_success:
            refuse(reply)
        return reply

    def _ask(self, method: str, url: str, content: dict[str, Any]) -> httpx.Response:
        headers = {**self._headers, **content.pop("headers", {})}
        again = content.pop("again", method == "GET" or KEY in headers)
        ask = partial(self._http.request, method, url, headers=headers, **content)
        try:
            return ask()
        except (httpx.NetworkError, httpx.ProtocolError):
            if not again:
                raise  # what may have been done is not asked for again
            return ask()  # the service had closed the connection that was kept


def _segment(id: str) -> str:
    """An id as one segment of a path, whatever a visitor made of it; raises NotFound."""
    if not ID.fullmatch(id):
        raise NotFound
    return id
