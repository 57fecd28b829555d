"""The platform's HTTP API as the pages call it: with the visitor's cookies, as any client would."""

import re
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from functools import partial
from http.cookiejar import CookieJar
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from typing import Generic
from typing import NoReturn
from typing import TypeVar

import httpx
import msgspec

from ticketing.common.errors import Conflict
from ticketing.common.errors import Invalid
from ticketing.common.errors import NotAuthorized
from ticketing.common.errors import NotFound
from ticketing.common.errors import Refused
from ticketing.common.errors import Unavailable
from ticketing.common.events import OrderStatus
from ticketing.common.logs import logger

log = logger(__name__)

T = TypeVar("T")

_ID = re.compile(r"[0-9a-f]{24}\Z")

LATE = timedelta(minutes=5)
"""How long after its time the money for an order is waited for by a page."""

TIMEOUT = httpx.Timeout(5, connect=2)
"""Seconds; a payment is the browser's own call, so nothing here waits for a bank."""


def connections(**options: Any) -> httpx.Client:
    """Connections to the services, which all visitors share: a cookie that a service sets is for
    one of them, so none is kept here.
    """
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(cookies=no_cookies, timeout=TIMEOUT, trust_env=False, **options)


class View(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the API shows of a thing; prices are in dollars, exact to the cent."""


class User(View, frozen=True):
    id: str
    email: str


class Ticket(View, frozen=True):
    id: str
    title: str
    price: Decimal
    user_id: str
    version: int
    order_id: str | None = None
    withdrawn: bool = False
    held_until: datetime | None = None
    sold_at: datetime | None = None
    sold_for: Decimal | None = None

    @property
    def state(self) -> str:
        """`on-sale`, `held`, `sold` or `withdrawn`."""
        if self.order_id is not None:
            return "sold" if self.sold_at else "held"
        return "withdrawn" if self.withdrawn else "on-sale"


class OrderedTicket(View, frozen=True):
    id: str
    title: str
    price: Decimal


class Order(View, frozen=True):
    id: str
    status: OrderStatus
    created_at: datetime
    expires_at: datetime
    version: int
    ticket: OrderedTicket
    expired: bool = False
    refunded: bool = False

    @property
    def state(self) -> str:
        """`created`, `awaiting`, `complete`, `expired`, `cancelled` or `refunded`."""
        match self.status:
            case OrderStatus.CREATED:
                return "created"
            case OrderStatus.AWAITING_PAYMENT:
                return "awaiting"
            case OrderStatus.COMPLETE:
                return "complete"
        if self.refunded:
            return "refunded"
        return "expired" if self.expired else "cancelled"

    @property
    def is_payable(self) -> bool:
        """Whether the buyer can pay it or let it go."""
        return self.state in ("created", "awaiting")

    def can_change(self, now: datetime) -> bool:
        """Whether a page should watch it: for a while, late money changes one that has ended."""
        is_young = now < self.expires_at + LATE
        return self.is_payable or (is_young and self.state in ("expired", "cancelled"))


class Sales(View, frozen=True):
    """What a seller sold on one day, by UTC."""

    day: date
    tickets: int
    amount: Decimal


@dataclass(frozen=True)
class Listing(Generic[T]):
    """One page of a list; `next` is the cursor of the page after it."""

    items: Sequence[T]
    next: str | None


@dataclass(frozen=True)
class Services:
    """Where the services are, and the connections to them; shared by all requests."""

    http: httpx.Client
    auth_url: str
    tickets_url: str
    orders_url: str


class Api:
    """The API in the name of one visitor, whose cookie and CSRF token go along in `headers`.

    A reply that is no success raises the kind of `common.errors` that the service raised;
    Unavailable also where there is no reply.
    """

    def __init__(self, services: Services, headers: Mapping[str, str]) -> None:
        self._http, self._headers = services.http, headers
        self._users = f"{services.auth_url}/api/users"
        self._tickets = f"{services.tickets_url}/api/tickets"
        self._orders = f"{services.orders_url}/api/orders"

    def current_user(self) -> User | None:
        class Reply(View, frozen=True):
            current_user: User | None

        return _read(self._get(f"{self._users}/currentuser"), Reply).current_user

    def start_session(self, how: str, email: str, password: str) -> list[str]:
        """Sign up or in (`how` is the path's last word); returns the cookies to set."""
        body = {"email": email, "password": password}
        return _cookies(self._send("POST", f"{self._users}/{how}", body))

    def sign_out(self) -> list[str]:
        """Returns the cookies to set."""
        return _cookies(self._send("POST", f"{self._users}/signout"))

    def tickets_on_sale(self, asked: Mapping[str, str]) -> Listing[Ticket]:
        """`asked` holds the list's query parameters, as in the contract."""
        return _listing(self._get(self._tickets, asked), Ticket)

    def own_tickets(self, asked: Mapping[str, str]) -> Listing[Ticket]:
        return _listing(self._get(f"{self._tickets}/mine", asked), Ticket)

    def own_sales(self) -> Sequence[Sales]:
        """The last 30 days' sales; days without any are left out."""
        return _read(self._get(f"{self._tickets}/mine/sales"), list[Sales])

    def ticket(self, ticket_id: str) -> Ticket:
        return _read(self._get(f"{self._tickets}/{_segment(ticket_id)}"), Ticket)

    def list_ticket(self, title: str, price: str) -> Ticket:
        return _read(self._send("POST", self._tickets, {"title": title, "price": price}), Ticket)

    def edit_ticket(self, ticket_id: str, title: str, price: str) -> None:
        body = {"title": title, "price": price}
        self._send("PUT", f"{self._tickets}/{_segment(ticket_id)}", body)

    def withdraw(self, ticket_id: str) -> None:
        self._send("POST", f"{self._tickets}/{_segment(ticket_id)}/withdraw")

    def relist(self, ticket_id: str) -> None:
        self._send("POST", f"{self._tickets}/{_segment(ticket_id)}/relist")

    def own_orders(self, asked: Mapping[str, str]) -> Listing[Order]:
        return _listing(self._get(self._orders, {"sort": "newest", **asked}), Order)

    def order(self, order_id: str) -> Order:
        return _read(self._get(f"{self._orders}/{_segment(order_id)}"), Order)

    def place_order(self, ticket_id: str) -> Order:
        return _read(self._send("POST", self._orders, {"ticketId": ticket_id}), Order)

    def cancel_order(self, order_id: str) -> None:
        self._send("DELETE", f"{self._orders}/{_segment(order_id)}")

    def _get(self, url: str, asked: Mapping[str, str] | None = None) -> httpx.Response:
        return self._answered("GET", url, params=asked)

    def _send(self, method: str, url: str, body: Any = None) -> httpx.Response:
        return self._answered(method, url, json=body)

    def _answered(self, method: str, url: str, **content: Any) -> httpx.Response:
        try:
            reply = self._ask(method, url, content)
        except httpx.TransportError as error:
            log.warning("a service gives no answer", url=url, reason=repr(error))
            raise Unavailable("A part of the platform gives no answer") from error
        if not reply.is_success:
            _refuse(reply)
        return reply

    def _ask(self, method: str, url: str, content: dict[str, Any]) -> httpx.Response:
        ask = partial(self._http.request, method, url, headers=self._headers, **content)
        try:
            return ask()
        except (httpx.NetworkError, httpx.ProtocolError):
            if method != "GET":  # what may have been done is not asked for again
                raise
            return ask()  # the service had closed the connection that was kept


class _Error(msgspec.Struct, frozen=True):
    message: str
    field: str | None = None


class _Errors(msgspec.Struct, frozen=True):
    errors: list[_Error]


def _refuse(reply: httpx.Response) -> NoReturn:
    messages = _messages(reply)
    match reply.status_code:
        case 400 if any(messages):
            raise Invalid(messages)
        case 400:
            raise Refused(messages.get("", "That is not possible"))
        case 401:
            raise NotAuthorized
        case 404:
            raise NotFound
        case 409:
            raise Conflict(messages.get("", "Somebody else was first, try again"))
    log.warning("a service failed", url=str(reply.url.path), status=reply.status_code)
    raise Unavailable("A part of the platform is in trouble")


def _messages(reply: httpx.Response) -> dict[str, str]:
    """The first message for each field, "" being the whole."""
    messages: dict[str, str] = {}
    try:
        for error in msgspec.json.decode(reply.content, type=_Errors).errors:
            messages.setdefault(error.field or "", error.message)
    except msgspec.DecodeError:
        log.warning("a service's errors cannot be read", status=reply.status_code)
    return messages


def _read(reply: httpx.Response, kind: type[T]) -> T:
    return msgspec.json.decode(reply.content, type=kind)


def _listing(reply: httpx.Response, kind: type[T]) -> Listing[T]:
    items = msgspec.json.decode(reply.content, type=list[kind])  # type: ignore[valid-type]
    following = reply.links.get("next", {}).get("url", "")
    return Listing(items, httpx.URL(following).params.get("cursor"))


def _cookies(reply: httpx.Response) -> list[str]:
    return reply.headers.get_list("set-cookie")


def _segment(id: str) -> str:
    """An id as one segment of a path, whatever a visitor made of it; raises NotFound."""
    if not _ID.match(id):
        raise NotFound
    return id
