"""Who guesses is soon told to wait: at signing up, signing in and changing an account.

Counted in this process, as no Redis answers here: that it counts for all is tested with `common`.
"""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.auth.main import build
from ticketing.common.testing.services import ENV, client_of, memory_database

NOWHERE = "redis://127.0.0.1:1/0"
LIMITS = {
    "SIGN_UPS_PER_ADDRESS": "2/hour",
    "SIGN_INS_PER_ADDRESS": "6/hour",
    "SIGN_INS_PER_ACCOUNT": "3/hour",
    "PASSWORD_CHECKS_PER_USER": "3/hour",
}
Send = Callable[[], int]


@pytest.fixture()
def client() -> FlaskClient:
    return client_of(build({**ENV, **LIMITS, "LIMITS_REDIS_URL": NOWHERE}, memory_database()))


def account(number: int = 1, password: str = "correct horse") -> dict[str, str]:
    return {"email": f"ann{number}@example.com", "password": password}


def post(client: FlaskClient, path: str, address: str = "192.0.2.1", **body: Any) -> int:
    environ = {"REMOTE_ADDR": address}
    reply = client.post(f"/api/users/{path}", json=body, environ_overrides=environ)
    if reply.status_code == 429:
        assert 0 < int(reply.headers["Retry-After"]) <= 3600
    return reply.status_code


def test_an_address_makes_few_accounts(client: FlaskClient) -> None:
    assert [post(client, "signup", **account(n)) for n in range(3)] == [201, 201, 429]
    assert post(client, "signup", "192.0.2.2", **account(3)) == 201


def test_an_account_is_tried_a_few_times_right_or_wrong_from_anywhere(client: FlaskClient) -> None:
    assert post(client, "signup", **account()) == 201
    wrong = account(password="incorrect")
    tries = [post(client, "signin", f"192.0.2.{n}", **wrong) for n in range(2)]
    assert tries == [400, 400]
    assert post(client, "signin", "192.0.2.3", **account()) == 200
    assert post(client, "signin", "192.0.2.4", **account()) == 429
    assert post(client, "signin", "192.0.2.4", **account(2)) == 400


def test_an_address_tries_a_few_accounts(client: FlaskClient) -> None:
    tries = [post(client, "signin", **account(n)) for n in range(7)]
    assert tries == [400] * 6 + [429]
    assert post(client, "signin", "192.0.2.2", **account()) == 400


def test_the_password_of_an_open_session_is_guessed_a_few_times(client: FlaskClient) -> None:
    assert post(client, "signup", **account()) == 201
    cookie = client.get_cookie("XSRF-TOKEN")
    assert cookie is not None
    proof = {"X-XSRF-TOKEN": cookie.value}
    guesses = {"email": "anna@example.com", "password": "battery staple", "currentPassword": "no"}
    tries = [
        client.put(f"/api/users/{what}", json=guesses, headers=proof).status_code
        for what in ("email", "password", "email", "password")
    ]
    assert tries == [400, 400, 400, 429]
