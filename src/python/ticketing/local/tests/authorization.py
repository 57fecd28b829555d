"""Every service's HTTP, in one process."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from ticketing.auth.main import build as build_auth
from ticketing.common.core.clock import utc_now
from ticketing.common.core.events import SessionEnded, SessionState
from ticketing.common.runtime.app import create_app
from ticketing.common.runtime.service import Service
from ticketing.common.testing.services import ENV, memory_database
from ticketing.local.tests.world import World

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
    """The platform where the services share a key, or fetch auth's public one."""

    def __init__(self, auth: Service[Any], others: World, keys: Mapping[str, str]) -> None:
        self._world = others
        self._services = {auth.name: auth}
        for service in others.services:
            self._services[service.name] = replace(service, env={**service.env, **keys})
        self.apps = {name: create_app(service) for name, service in self._services.items()}

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
        event = SessionEnded(id="over", occurred_at=utc_now(), session=state)
        for service in self._services.values():
            assert service.revocations is not None
            service.revocations.end_session(event)
            service.revocations.read()

    def _made(self, person: Person, path: str, body: Any) -> str:
        answer = self.ask("POST", path, body, Authorization=f"Bearer {person.token}")
        assert answer.status_code == 201, answer.text
        self._world.flow()
        return str(answer.get_json()["id"])

    def _app(self, path: str) -> Flask:
        kind = path.split("/")[2]
        return self.apps["auth" if kind == "users" else kind]


@contextmanager
def place_of(signing: str | Ed25519PrivateKey) -> Iterator[Place]:
    """A platform whose tokens are signed by this key."""
    if isinstance(signing, str):
        auth = build_auth(ENV, memory_database())
        auth.prepare()
        yield Place(auth, World(), {})
        return
    pem = signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    env = {name: value for name, value in ENV.items() if name != "JWT_KEY"}
    auth = build_auth({**env, "JWT_PRIVATE_KEY": pem}, memory_database())
    auth.prepare()
    with _published(create_app(auth)) as url:
        yield Place(auth, World(), {"JWT_KEY": "", "JWT_KEYS_URL": url})


@contextmanager
def _published(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/users/keys"
    server.shutdown()
    server.server_close()
