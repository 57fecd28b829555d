"""Every service's HTTP, in one process, and tokens that should and should not open it."""

import base64
import hashlib
import hmac
import itertools
import time
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace
from threading import Thread
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from ticketing.auth.main import build as build_auth
from ticketing.common.clock import utc_now
from ticketing.common.events import SessionEnded
from ticketing.common.events import SessionState
from ticketing.common.revocations import Revocations
from ticketing.common.service import Service
from ticketing.common.testing import ENV
from ticketing.common.testing import memory_database
from ticketing.common.trust import trust_of
from ticketing.common.web import create_app
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

    def __init__(self, auth: Service[Any], others: World, settings: Mapping[str, str]) -> None:
        self._world = others
        self._services = {auth.name: auth}
        for service in others.services:
            given = msgspec.structs.replace(service.settings, **settings)
            self._services[service.name] = replace(service, settings=given)
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
        for name, service in self._services.items():
            assert service.database is not None
            Revocations(service.database).end_session(event)
            known = trust_of(self.apps[name]).revocations
            assert known is not None
            known.read()

    def _made(self, person: Person, path: str, body: Any) -> str:
        answer = self.ask("POST", path, body, Authorization=f"Bearer {person.token}")
        assert answer.status_code == 201, answer.text
        self._world.flow()
        return str(answer.get_json()["id"])

    def _app(self, path: str) -> Flask:
        kind = path.split("/")[2]
        return self.apps["auth" if kind == "users" else kind]


@dataclass(frozen=True)
class Keys:
    """By which the platform's tokens are signed, and what an attacker knows of them."""

    signing: Any
    algorithm: str
    foreign: Any
    confused: list[tuple[Any, str]]
    """Keys with which somebody signs by another algorithm than theirs."""


def shared_key() -> Keys:
    stranger = Ed25519PrivateKey.generate()
    confused = [("", "HS256"), (stranger, "EdDSA"), (ENV["JWT_KEY"], "HS512")]
    return Keys(ENV["JWT_KEY"], "HS256", "another key, thirty-two bytes or more", confused)


def pair() -> Keys:
    mine, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public = mine.public_key()
    raw = public.public_bytes_raw()
    open_ssh = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return Keys(mine, "EdDSA", stranger, [(raw, "HS256"), (open_ssh, "HS256"), (raw, "HS512")])


@contextmanager
def place_of(keys: Keys) -> Iterator[Place]:
    """A platform whose tokens are signed so."""
    if isinstance(keys.signing, str):
        auth = build_auth(ENV, memory_database())
        auth.prepare()
        yield Place(auth, World(), {})
        return
    pem = keys.signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    env = {name: value for name, value in ENV.items() if name != "JWT_KEY"}
    auth = build_auth({**env, "JWT_PRIVATE_KEY": pem}, memory_database())
    auth.prepare()
    with _published(create_app(auth)) as url:
        yield Place(auth, World(), {"jwt_key": "", "jwt_keys_url": url})


@contextmanager
def _published(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/users/keys"
    server.shutdown()
    server.server_close()


def bad_tokens(place: Place, person: Person, keys: Keys) -> dict[str, str]:
    """Tokens that say what the person's own does, or nearly, and must open nothing."""
    claims, header, now = person.claims, person.header, int(time.time())

    def signed(key: Any = None, by: str = "", head: Any = None, **changes: Any) -> str:
        said = {k: v for k, v in {**claims, **changes}.items() if v is not None}
        headers = header if head is None else head
        return _sign(said, keys.signing if key is None else key, by or keys.algorithm, headers)

    head, body, signature = person.token.split(".")
    other = _sign({**claims, "sub": "5c0a7922c9d89830f4911426"}, keys.foreign, keys.algorithm, {})
    ended = place.sign_in(person)
    place.end(ended)
    bad = {
        "empty": "",
        "junk": "junk",
        "expired": signed(iat=now - 700, exp=now - 100),
        "forged": signed(keys.foreign),
        "tampered": f"{head}.{other.split('.')[1]}.{signature}",
        "unsigned": f"{head}.{body}.",
        "of another audience": signed(aud="elsewhere"),
        "of no audience": signed(aud=None),
        "of another service": signed(iss="elsewhere"),
        "of an unknown key": signed(head={"kid": "unknown"}),
        "of no key": signed(head={}),
        "without an end": signed(exp=None),
        "good for a year": signed(exp=now + 365 * 24 * 3600),
        "of nobody": signed(sub=""),
        "revoked": ended.token,
    }
    for name in ("none", "None", "NONE"):
        bad[f"algorithm {name}"] = _none(header, claims, name)
    for number, (key, algorithm) in enumerate(keys.confused):
        bad[f"confused {number}"] = signed(key, algorithm)
        bad[f"confused {number}, of no key"] = signed(key, algorithm, {})
    return bad


def _sign(said: Mapping[str, Any], key: Any, algorithm: str, header: Mapping[str, Any]) -> str:
    """As whoever has the key can, also where the library warns of it."""
    head = {name: value for name, value in header.items() if name != "alg"}
    if algorithm.startswith("HS"):  # which the library would not do with a public key
        return _by_hand(head, said, key.encode() if isinstance(key, str) else key, algorithm)
    return jwt.encode(dict(said), key, algorithm, headers=head)


def _none(header: Mapping[str, Any], said: Mapping[str, Any], name: str) -> str:
    head = {**header, "alg": name}
    return f"{_part(head)}.{_part(said)}."


def _by_hand(header: Mapping[str, Any], said: Any, key: bytes, algorithm: str) -> str:
    text = f"{_part({**header, 'typ': 'JWT', 'alg': algorithm})}.{_part(said)}"
    hash = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}[algorithm]
    return f"{text}.{_encoded(hmac.digest(key, text.encode(), hash))}"


def _part(value: Any) -> str:
    return _encoded(msgspec.json.encode(value))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
