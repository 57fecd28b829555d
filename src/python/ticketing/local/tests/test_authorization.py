"""Who may do what: every route of every service, asked by everybody, with every bad token."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ticketing.local.tests.authorization import PASSWORD, Person, Place, place_of
from ticketing.local.tests.bad_tokens import Keys, bad_tokens, pair, shared_key
from ticketing.local.tests.world import GOOD

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


ROWS = {
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
    # By Stripe's signature alone, which nobody has who has no secret.
    ("payments", "POST", "/api/payments/webhook"): public(503),
}
for name, kind in {"auth": "users", **{x: x for x in ("tickets", "orders", "payments")}}.items():
    ROWS[name, "GET", f"/api/{kind}/openapi.json"] = public()
READS = [row for row in ROWS if row[1] == "GET"]


@pytest.fixture(scope="module", params=[shared_key, pair], ids=["HS256", "EdDSA"])
def keys(request: pytest.FixtureRequest) -> Keys:
    made: Keys = request.param()
    return made


@pytest.fixture(scope="module")
def place(keys: Keys) -> Iterator[Place]:
    with place_of(keys.signing) as place:
        yield place


def test_every_route_has_its_row(place: Place) -> None:
    routes = {
        (name, method, rule.rule)
        for name, app in place.apps.items()
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith("health.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(ROWS)


@pytest.mark.parametrize("route", ROWS, ids=" ".join)
def test_everybody_gets_what_the_row_says(
    place: Place, keys: Keys, route: tuple[str, str, str]
) -> None:
    _, method, rule = route
    row, owner, stranger = ROWS[route], place.sign_up(), place.sign_up()
    asked = Asked(place, owner)

    unused = row.body(asked)

    def status(expected: int, **headers: str) -> int:
        body = unused if expected == 401 else row.body(asked)  # what is refused uses nothing up
        return place.ask(method, asked.path(rule), body, **headers).status_code

    tokens = bad_tokens(place, owner, keys)
    seen = {
        name: status(row.nobody, Authorization=f"Bearer {token}") for name, token in tokens.items()
    }
    seen |= {
        f"cookie, {name}": status(row.nobody, Cookie=f"session={one}")
        for name, one in tokens.items()
    }
    assert seen == dict.fromkeys(seen, row.nobody)
    # Another site can make a browser send the cookie, not the header.
    by_cookie = {"Cookie": f"session={owner.token}"}
    meant = by_cookie | {"X_XSRF_TOKEN": owner.claims["csrf"]}
    if method != "GET" and rule != "/api/users/signout":
        assert status(row.nobody, **by_cookie) == row.nobody
        assert status(row.nobody, **by_cookie, X_XSRF_TOKEN=stranger.claims["csrf"]) == row.nobody
    assert status(row.nobody) == row.nobody
    assert status(row.stranger, Authorization=f"Bearer {stranger.token}") == row.stranger
    assert status(row.owner, **meant) == row.owner


@pytest.mark.parametrize("route", READS, ids=" ".join)
def test_owners_may_use_a_bearer_token_too(place: Place, route: tuple[str, str, str]) -> None:
    _, method, rule = route
    owner = place.sign_up()
    asked = Asked(place, owner)
    answer = place.ask(method, asked.path(rule), Authorization=f"Bearer {owner.token}")
    assert answer.status_code == ROWS[route].owner
