"""Which key auth signs by, and what it tells others of it."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from flask.testing import FlaskClient

from ticketing.auth.main import build
from ticketing.common.testing.services import ENV, client_of, memory_database

OLD, NEW = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
OTHERS = {name: value for name, value in ENV.items() if name != "JWT_KEY"}


def private(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public(key: Ed25519PrivateKey) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def auth(**settings: str) -> FlaskClient:
    return client_of(build({**OTHERS, **settings}, memory_database()))


def session(client: FlaskClient) -> str:
    ann = {"email": "ann@example.com", "password": "correct horse"}
    assert client.post("/api/users/signup", json=ann).status_code == 201
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def is_taken(client: FlaskClient, token: str) -> bool:
    bearer = {"Authorization": f"Bearer {token}"}
    user = client.get("/api/users/currentuser", headers=bearer).get_json()["currentUser"]
    return user is not None


def test_a_shared_key_is_shown_to_nobody() -> None:
    assert auth(JWT_KEY=ENV["JWT_KEY"]).get("/api/users/keys").get_json() == {"keys": []}


def test_with_a_private_key_anybody_can_check_what_auth_alone_can_sign() -> None:
    client = auth(JWT_PRIVATE_KEY=private(OLD))
    token = session(client)
    assert is_taken(client, token)
    [shown] = client.get("/api/users/keys").get_json()["keys"]
    assert jwt.get_unverified_header(token)["kid"] == shown["kid"]
    assert jwt.get_unverified_header(token)["alg"] == "EdDSA"
    said = jwt.decode(token, jwt.PyJWK(shown).key, ["EdDSA"], audience="ticketing")
    assert said["email"] == "ann@example.com"
    assert "d" not in shown


@pytest.mark.parametrize("others", [public(NEW), private(NEW)], ids=["public", "private"])
def test_other_keys_are_shown_and_accepted_but_not_signed_by(others: str) -> None:
    client = auth(JWT_PRIVATE_KEY=private(OLD), JWT_OTHER_KEYS=others)
    new = auth(JWT_PRIVATE_KEY=private(NEW))
    assert is_taken(client, session(new))
    shown = client.get("/api/users/keys").get_json()["keys"]
    assert jwt.get_unverified_header(session(client))["kid"] == shown[0]["kid"]
    assert shown[1:] == new.get("/api/users/keys").get_json()["keys"]


def test_other_secrets_are_accepted_whatever_the_spaces() -> None:
    client = auth(JWT_KEY="k" * 32, JWT_OTHER_KEYS=" , ".join(["m" * 32, "n" * 32]))
    for secret, taken in (("k", True), ("m", True), ("n", True), ("o", False)):
        assert is_taken(client, session(auth(JWT_KEY=secret * 32))) is taken


KEYS = {
    "secrets": ({"JWT_KEY": "k" * 32}, {"JWT_KEY": "m" * 32, "JWT_OTHER_KEYS": "k" * 32}),
    "pairs": (
        {"JWT_PRIVATE_KEY": private(OLD)},
        {"JWT_PRIVATE_KEY": private(NEW), "JWT_OTHER_KEYS": private(OLD)},
    ),
}


@pytest.mark.parametrize(("before", "after"), KEYS.values(), ids=KEYS.keys())
def test_a_request_that_is_sent_again_over_a_change_of_keys_is_the_same(
    before: dict[str, str], after: dict[str, str]
) -> None:
    database, key = memory_database(), {"Idempotency-Key": "once"}
    ann = {"email": "ann@example.com", "password": "correct horse"}
    replies = [
        client_of(build({**OTHERS, **env}, database)).post(
            "/api/users/signup", json=ann, headers=key
        )
        for env in (before, after)
    ]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[0].data == replies[1].data


WRONG = {
    "no key": {"JWT_PRIVATE_KEY": "secret"},
    "a public key": {"JWT_PRIVATE_KEY": public(OLD)},
    "two keys": {"JWT_PRIVATE_KEY": private(OLD) + private(NEW)},
    "others that are none": {"JWT_PRIVATE_KEY": private(OLD), "JWT_OTHER_KEYS": "secret"},
}


@pytest.mark.parametrize("env", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_key_stops_the_start_with_a_line_that_does_not_show_it(env: dict[str, str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        auth(**env)
    said = str(stopped.value.code)
    assert said.startswith("wrong in the environment: JWT_PRIVATE_KEY")
    assert "\n" not in said
    assert "secret" not in said


def test_one_kind_of_key_is_needed() -> None:
    for env, said in (
        ({}, "missing in the environment: JWT_KEY or JWT_PRIVATE_KEY"),
        (
            {"JWT_KEY": "k" * 32, "JWT_PRIVATE_KEY": private(OLD)},
            "only one may be in the environment: JWT_KEY, JWT_PRIVATE_KEY",
        ),
    ):
        with pytest.raises(SystemExit, match=said):
            auth(**env)


@pytest.mark.parametrize("seconds", ["0", "3601", "ten"])
def test_an_access_token_is_good_for_an_hour_at_the_most(seconds: str) -> None:
    with pytest.raises(SystemExit, match="ACCESS_TOKEN_SECONDS"):
        auth(JWT_KEY="k" * 32, ACCESS_TOKEN_SECONDS=seconds)
