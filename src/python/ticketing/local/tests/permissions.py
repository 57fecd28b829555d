"""Who may do what: a row for every route of every service."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ticketing.local.tests.authorization import PASSWORD, Person, Place
from ticketing.local.tests.bank import GOOD
from ticketing.registry.declarations import services
from ticketing.registry.programs import built_by

Body = Callable[["Asked"], Any]


class Asked:
    """What a request is about: things of the owner, made when they are asked for."""

    def __init__(self, place: Place, owner: Person) -> None:
        self._place, self.owner = place, owner
        self._ids: dict[str, str] = {}

    @property
    def ticket_id(self) -> str:
        """A ticket that the owner sells."""
        return self._once("ticket", lambda: self._place.sell(self.owner))

    @property
    def order_id(self) -> str:
        """An order that the owner placed."""
        return self._once("order", lambda: self._place.order(self.owner))

    @property
    def free_ticket(self) -> str:
        """A ticket that anybody else sells, another one each time."""
        return self._place.sell(self._place.sign_up())

    @property
    def new_email(self) -> str:
        """An address that nobody has."""
        return f"{uuid.uuid4().hex}@example.com"

    def path(self, rule: str) -> str:
        for name in ("ticket_id", "order_id"):
            if f"<{name}>" in rule:
                rule = rule.replace(f"<{name}>", getattr(self, name))
        return rule

    def _once(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._ids:
            self._ids[name] = make()
        return self._ids[name]


@dataclass(frozen=True)
class Row:
    """The statuses for who is not signed in, who is but owns nothing here, and for the owner."""

    nobody: int
    stranger: int
    owner: int
    body: Body = lambda asked: None


def public(status: int = 200, body: Body = lambda asked: None) -> Row:
    return Row(status, status, status, body)


def own(status: int, body: Body = lambda asked: None) -> Row:
    """For the owner alone."""
    return Row(401, 401, status, body)


def anyones(status: int, body: Body = lambda asked: None) -> Row:
    """For who is signed in, about what is the own by itself."""
    return Row(401, status, status, body)


def credentials(asked: Asked) -> Any:
    return {"email": asked.owner.email, "password": PASSWORD}


def listing(asked: Asked) -> Any:
    return {"title": "Concert", "price": 20}


ROWS: dict[tuple[str, str, str], Row] = {
    ("auth", "POST", "/api/users/signup"): public(
        201, lambda asked: {"email": asked.new_email, "password": PASSWORD}
    ),
    ("auth", "POST", "/api/users/signin"): public(200, credentials),
    ("auth", "POST", "/api/users/renew"): public(401),  # by its cookie alone
    ("auth", "POST", "/api/users/signout"): public(),
    ("auth", "POST", "/api/users/signout/everywhere"): anyones(200),
    ("auth", "GET", "/api/users/currentuser"): public(),
    ("auth", "GET", "/api/users/keys"): public(),
    ("auth", "PUT", "/api/users/email"): anyones(
        200, lambda asked: {"email": asked.new_email, "currentPassword": PASSWORD}
    ),
    ("auth", "PUT", "/api/users/password"): anyones(
        200, lambda asked: {"password": PASSWORD, "currentPassword": PASSWORD}
    ),
    ("tickets", "GET", "/api/tickets"): public(),
    ("tickets", "GET", "/api/tickets/mine"): anyones(200),
    ("tickets", "GET", "/api/tickets/mine/sales"): anyones(200),
    ("tickets", "GET", "/api/tickets/<ticket_id>"): public(),
    ("tickets", "POST", "/api/tickets"): anyones(201, listing),
    ("tickets", "PUT", "/api/tickets/<ticket_id>"): own(200, listing),
    ("tickets", "POST", "/api/tickets/<ticket_id>/withdraw"): own(200),
    ("tickets", "POST", "/api/tickets/<ticket_id>/relist"): own(200),
    ("orders", "GET", "/api/orders"): anyones(200),
    ("orders", "GET", "/api/orders/<order_id>"): own(200),
    ("orders", "POST", "/api/orders"): anyones(201, lambda asked: {"ticketId": asked.free_ticket}),
    ("orders", "DELETE", "/api/orders/<order_id>"): own(204),
    ("payments", "POST", "/api/payments"): own(
        201, lambda asked: {"orderId": asked.order_id, "token": GOOD}
    ),
    ("payments", "POST", "/api/payments/webhook"): public(400),  # by Stripe's signature alone
}
ROWS |= {
    (name, "GET", f"{service.roles['web'].path}/openapi.json"): public()
    for name, service in services().items()
    if name in built_by() and "web" in service.roles
}
