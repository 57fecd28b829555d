"""What auth says of a session counts in every service, with either kind of key."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from ticketing.auth.main import build as build_auth
from ticketing.common.messaging.bus import Done
from ticketing.common.runtime.app import create_app
from ticketing.common.runtime.service import Service
from ticketing.common.testing.services import ENV, memory_database, take_messages
from ticketing.orders.main import build as build_orders
from ticketing.payments.main import build as build_payments
from ticketing.tickets.main import build as build_tickets

ANN = {"email": "ann@example.com", "password": "correct horse"}
OTHERS = {name: value for name, value in ENV.items() if name != "JWT_KEY"}
PROTECTED = {
    "tickets": ("GET", "/api/tickets/mine"),
    "orders": ("GET", "/api/orders"),
    "payments": ("POST", "/api/payments"),
}
BUILD: dict[str, Any] = {
    "tickets": build_tickets,
    "orders": build_orders,
    "payments": build_payments,
}
PEM = (
    Ed25519PrivateKey.generate()
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)


class Platform:
    """Auth and the services that check its tokens, with what travels between them by hand."""

    def __init__(self, auth: Service[Any], keys: dict[str, str]) -> None:
        self.auth = auth
        self.services = {
            name: build({**OTHERS, **keys}, memory_database()) for name, build in BUILD.items()
        }
        self.apps = {name: create_app(each) for name, each in self.services.items()}
        self.apps["auth"] = create_app(auth)

    def sign(self, where: str = "in") -> FlaskClient:
        """A browser that has signed in (or up)."""
        browser = self.apps["auth"].test_client()
        assert browser.post(f"/api/users/sign{where}", json=ANN).status_code in (200, 201)
        return browser

    def flow(self) -> None:
        """What auth tells reaches every service, and its web processes read it."""
        told = [message for store in self.auth.stores for message in take_messages(store)]
        for service in [*self.services.values(), self.auth]:
            for message in told:
                assert service.router.attempt(message, service.use_cases) == Done()
            assert service.revocations is not None
            service.revocations.read()

    def let_in_by(self, token: str) -> dict[str, bool]:
        """Which services take the token."""
        bearer = {"Authorization": f"Bearer {token}"}
        replies = {
            name: self.apps[name].test_client().open(path, method=method, headers=bearer)
            for name, (method, path) in PROTECTED.items()
        }
        return {name: reply.status_code != 401 for name, reply in replies.items()}


@pytest.fixture(params=["HS256", "EdDSA"])
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    if request.param == "HS256":
        yield Platform(build_auth(ENV, memory_database()), {"JWT_KEY": ENV["JWT_KEY"]})
        return
    auth = build_auth({**OTHERS, "JWT_PRIVATE_KEY": PEM}, memory_database())
    server = make_server("127.0.0.1", 0, create_app(auth), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/api/users/keys"
    yield Platform(auth, {"JWT_KEYS_URL": url})
    server.shutdown()
    server.server_close()


def token(browser: FlaskClient) -> str:
    cookie = browser.get_cookie("session")
    assert cookie is not None
    return cookie.value


ALL, NONE = dict.fromkeys(PROTECTED, True), dict.fromkeys(PROTECTED, False)


def test_who_signs_out_is_let_in_nowhere_but_stays_on_other_devices(platform: Platform) -> None:
    phone, laptop = platform.sign("up"), platform.sign()
    stolen = token(phone)
    assert platform.let_in_by(stolen) == ALL
    phone.post("/api/users/signout")
    platform.flow()
    assert platform.let_in_by(stolen) == NONE
    assert platform.let_in_by(token(laptop)) == ALL


def test_who_signs_out_everywhere_is_let_in_again_after_signing_in(platform: Platform) -> None:
    phone, laptop = platform.sign("up"), platform.sign()
    before = [token(phone), token(laptop)]
    bearer = {"Authorization": f"Bearer {before[0]}"}
    assert phone.post("/api/users/signout/everywhere", headers=bearer).status_code == 200
    platform.flow()
    assert [platform.let_in_by(each) for each in before] == [NONE, NONE]
    assert platform.let_in_by(token(platform.sign())) == ALL


def test_a_renewed_token_is_as_good_as_the_first(platform: Platform) -> None:
    browser = platform.sign("up")
    assert browser.post("/api/users/renew").status_code == 200
    assert platform.let_in_by(token(browser)) == ALL


def test_a_stolen_refresh_token_lets_nobody_in_for_long(platform: Platform) -> None:
    owner = platform.sign("up")
    thief = platform.apps["auth"].test_client()
    refresh = owner.get_cookie("refresh")
    assert refresh is not None
    thief.set_cookie("refresh", refresh.value)
    thief.post("/api/users/renew")
    stolen = token(thief)
    assert platform.let_in_by(stolen) == ALL
    owner.post("/api/users/renew")  # the answer to the thief may have been meant for the owner
    owner.post("/api/users/renew")
    assert thief.post("/api/users/renew").status_code == 401
    platform.flow()
    assert platform.let_in_by(stolen) == NONE
