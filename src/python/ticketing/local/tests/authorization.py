"""Every service's HTTP, in one process."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from ticketing.common.core.clock import utc_now
from ticketing.common.core.events import SessionEnded, SessionState
from ticketing.common.runtime.app import create_app
from ticketing.common.testing.services import message_of
from ticketing.local.tests.world import World
from ticketing.registry.declarations import services

PASSWORD = "a phrase that nobody else has"
_numbers = itertools.count()


@dataclass(frozen=True)
class Person:
    """Somebody with a session of auth's own making."""

    email: str
    token: str

    @property
    def claims(self) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(self.token, options={"verify_signature": False})
        return claims

    @property
    def header(self) -> dict[str, Any]:
        return dict(jwt.get_unverified_header(self.token))


class Place:
    """The HTTP of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.apps = {one.name: create_app(one) for one in world.services if one.routes}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Ask whoever answers there."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = self._app(path).test_client(use_cookies=False)
        return client.open(path, method=method, json=body, headers=named)

    def sign_up(self) -> Person:
        return self._enter("signup", f"person-{next(_numbers)}@example.com")

    def sign_in(self, person: Person) -> Person:
        """The same one, in another session."""
        return self._enter("signin", person.email)

    def _enter(self, way: str, email: str) -> Person:
        answer = self.ask("POST", f"/api/users/{way}", {"email": email, "password": PASSWORD})
        cookies = answer.headers.getlist("Set-Cookie")
        [session] = [one for one in cookies if one.startswith("session=")]
        return Person(email, session.partition("=")[2].partition(";")[0])

    def sell(self, person: Person) -> str:
        """The id of a new ticket that everybody knows of."""
        return self._made(person, "/api/tickets", {"title": "Concert", "price": 20})

    def order(self, person: Person) -> str:
        """The id of a new order, of somebody else's ticket."""
        return self._made(person, "/api/orders", {"ticketId": self.sell(self.sign_up())})

    def end(self, person: Person) -> None:
        """Let every service have heard that the session is over."""
        claims = person.claims
        state = SessionState(id=claims["sid"], user_id=claims["sub"], version=1)
        self.world.publish(
            message_of(SessionEnded(id="over", occurred_at=utc_now(), session=state))
        )
        self.flow()

    def flow(self) -> None:
        """Let everybody hear of everything, and the web processes read it."""
        self.world.flow()
        for service in self.world.services:
            if service.revocations is not None:
                service.revocations.read()

    def _made(self, person: Person, path: str, body: Any) -> str:
        answer = self.ask("POST", path, body, Authorization=f"Bearer {person.token}")
        assert answer.status_code == 201, answer.text
        self.world.flow()
        return str(answer.get_json()["id"])

    def _app(self, path: str) -> Flask:
        """Whoever has the path at the gateway."""
        return next(
            self.apps[name]
            for name, service in services().items()
            for own in service.upstreams
            if f"{path}/".startswith(f"{own}/")
        )


@contextmanager
def place_of(signing: str | Ed25519PrivateKey) -> Iterator[Place]:
    """A platform whose tokens are signed by this key: they share it, or fetch the public half."""
    if isinstance(signing, str):
        key = {"JWT_KEY": signing}
        yield Place(World(signs=key, checks=key))
        return
    pem = signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    server = make_server("127.0.0.1", 0, _not_yet, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}/api/users/keys"
    pair, public = {"JWT_PRIVATE_KEY": pem}, {"JWT_KEYS_URL": url}
    place = Place(World(signs={"JWT_KEY": "", **pair}, checks={"JWT_KEY": "", **public}))
    server.app = place.apps["auth"]
    Thread(target=server.serve_forever, daemon=True).start()
    yield place
    server.shutdown()
    server.server_close()


def _not_yet(*_: Any) -> Any:
    raise AssertionError("nobody is to ask before it serves")
