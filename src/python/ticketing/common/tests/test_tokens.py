"""Tokens: whose are accepted, and what is looked at each time that one is used."""

import base64
import hashlib
import hmac
import inspect
import json
from functools import partial
from itertools import pairwise
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from flask_jwt_extended import JWTManager, current_user
from jwt import PyJWK

from ticketing.common.core.errors import NotAuthorized
from ticketing.common.identity.access import init_identity, signed_in
from ticketing.common.identity.revocations import Revocations
from ticketing.common.identity.token_keys import LocalKeys, read_pem, shared_key
from ticketing.common.identity.tokens import REMEMBERED, Claims, TokenManager
from ticketing.common.testing.services import memory_database
from ticketing.common.testing.tokens import claims_of, token_of
from ticketing.common.tests.key_server import new_pair
from ticketing.common.tests.pems import private_pem, public_pem

OLD_SECRET = "the old key, of thirty-two bytes or more"
OLD = shared_key(OLD_SECRET)
NEW = shared_key("the new key, which is a little longer")

routes = Blueprint("routes", __name__)


@routes.get("/who")
@signed_in
def who() -> ResponseReturnValue:
    return {"id": current_user.id}


class Verifier:
    """An application that accepts tokens of these keys."""

    def __init__(self, *keys: PyJWK, revocations: Revocations | None = None) -> None:
        self.keys, self.app = LocalKeys(*keys), Flask(__name__)
        init_identity(self.app, self.keys, revocations)
        self.app.register_blueprint(routes)
        self.app.register_error_handler(NotAuthorized, lambda error: ({}, 401))

    @property
    def verified(self) -> Any:
        manager: TokenManager = self.app.extensions["flask-jwt-extended"]
        return manager._verified.cache_info()

    def accepts(self, token: str) -> bool:
        headers = {"Authorization": f"Bearer {token}"}
        status = self.app.test_client().get("/who", headers=headers).status_code
        assert status in (200, 401)
        return status == 200


@pytest.fixture(params=["HS256", "EdDSA"])
def key(request: pytest.FixtureRequest) -> PyJWK:
    return OLD if request.param == "HS256" else new_pair()


def test_the_method_that_is_extended_is_still_the_librarys() -> None:
    """It is private there: when this fails, look at what takes its place."""
    names = [
        list(inspect.signature(kind._decode_jwt_from_config).parameters)
        for kind in (JWTManager, TokenManager)
    ]
    assert names == [["self", "encoded_token", "csrf_value", "allow_expired"]] * 2


def test_a_signature_is_verified_once(key: PyJWK) -> None:
    verifier, token = Verifier(key), token_of("ann", key)
    assert [verifier.accepts(token) for _ in range(3)] == [True] * 3
    assert (verifier.verified.misses, verifier.verified.hits) == (1, 2)


def test_that_a_token_is_over_is_seen_at_every_use(
    key: PyJWK, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier, claims = Verifier(key), claims_of("ann")
    token = token_of("ann", key, **claims)
    assert verifier.accepts(token)
    for moment, taken in ((claims["exp"] - 1, True), (claims["exp"], False)):
        monkeypatch.setattr("time.time", partial(float, moment))
        assert verifier.accepts(token) is taken


def test_that_a_token_was_revoked_is_seen_at_every_use(key: PyJWK) -> None:
    class Revoked(Revocations):
        sessions: tuple[str, ...] = ()

        def is_revoked(self, claims: Claims) -> bool:
            return claims["sid"] in self.sessions

    revoked = Revoked(memory_database())
    verifier, token = Verifier(key, revocations=revoked), token_of("ann", key)
    assert verifier.accepts(token)
    revoked.sessions = ("session-of-ann",)
    assert not verifier.accepts(token)


def test_that_a_key_counts_no_more_is_seen_at_every_use(key: PyJWK) -> None:
    verifier, token = Verifier(key), token_of("ann", key)
    assert verifier.accepts(token)
    verifier.keys._keys.clear()
    assert not verifier.accepts(token)


def test_a_bad_token_is_bad_however_often_it_comes(key: PyJWK) -> None:
    verifier, token = Verifier(key), token_of("ann", key)
    assert verifier.accepts(token)
    assert [verifier.accepts(token[:-4] + "AAAA") for _ in range(3)] == [False] * 3


def test_no_more_tokens_are_remembered_than_are_meant_to_be() -> None:
    assert Verifier(OLD).verified.maxsize == REMEMBERED


KEYS = {"secrets": (OLD, NEW), "pairs": (new_pair(), new_pair())}


@pytest.mark.parametrize(("old", "new"), KEYS.values(), ids=KEYS.keys())
def test_a_key_is_replaced_in_three_steps_and_every_token_stays_good(
    old: PyJWK, new: PyJWK
) -> None:
    steps = [(old,), (old, new), (new, old), (new,)]
    for before, after in pairwise(steps):  # processes of both run side by side
        for signing in (before, after):
            for verifying in (before, after):
                assert Verifier(*verifying).accepts(token_of("ann", signing[0]))
    assert not Verifier(new).accepts(token_of("ann", old))


def test_a_public_key_is_no_secret_to_sign_by() -> None:
    """Key confusion: whoever knows the public key makes a token that says HS256."""
    key = Ed25519PrivateKey.generate()
    [private] = read_pem(private_pem(key))
    for secret in (public_pem(key).encode(), key.public_key().public_bytes_raw()):
        assert not Verifier(private).accepts(confused(secret, str(private.key_id)))


def confused(secret: bytes, key_id: str) -> str:
    """PyJWT refuses to make such a token, an attacker does not."""
    header = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    parts = (json.dumps(part).encode() for part in (header, claims_of("ann")))
    signed = b".".join(map(encoded, parts))
    return b".".join([signed, encoded(hmac.digest(secret, signed, hashlib.sha256))]).decode()


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def test_a_confused_token_is_what_the_test_takes_it_for() -> None:
    assert Verifier(OLD).accepts(confused(OLD_SECRET.encode(), str(OLD.key_id)))


def test_another_key_of_the_same_kind_signs_nothing() -> None:
    mine, others = new_pair(), new_pair()
    forged = jwt.encode(claims_of("ann"), others, headers={"kid": mine.key_id})
    assert not Verifier(mine).accepts(forged)


def test_a_clock_that_is_a_moment_behind_takes_the_token_all_the_same(key: PyJWK) -> None:
    claims = claims_of("ann")
    ahead = {name: claims[name] + 30 for name in ("iat", "exp")}
    assert Verifier(key).accepts(token_of("ann", key, **ahead))
