"""Tokens: who can make one, and what is looked at when one is used."""

import base64
import hashlib
import hmac
import json
from itertools import pairwise
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ticketing.common.signing import SigningKey
from ticketing.common.signing import pairs
from ticketing.common.signing import shared
from ticketing.common.testing_tokens import claims_of
from ticketing.common.tests.pems import private_pem
from ticketing.common.tests.pems import public_pem
from ticketing.common.tokens import Checker
from ticketing.common.tokens import Claims
from ticketing.common.tokens import Signer

ANN = claims_of("ann")
OLD, NEW = shared("the old key, of thirty-two bytes or more"), shared(
    "the new key, which is a little longer"
)


def pair() -> SigningKey:
    [key] = pairs(private_pem())
    assert isinstance(key, SigningKey)
    return key


@pytest.fixture(params=["HS256", "EdDSA"])
def key(request: pytest.FixtureRequest) -> SigningKey:
    return OLD if request.param == "HS256" else pair()


def test_a_token_says_what_was_signed(key: SigningKey) -> None:
    signer = Signer(key)
    assert Checker(signer.ring).check(signer.sign(ANN)) == ANN


def test_a_token_names_its_key(key: SigningKey) -> None:
    header = jwt.get_unverified_header(Signer(key).sign(ANN))
    assert (header["kid"], header["alg"]) == (key.key.id, key.key.algorithm)


def test_a_signature_is_checked_once(key: SigningKey) -> None:
    signer = Signer(key)
    checker, token = Checker(signer.ring), signer.sign(ANN)
    assert [checker.check(token) for _ in range(3)] == [ANN] * 3
    assert checker._signed.cache_info().misses == 1


def test_that_a_token_is_over_is_seen_at_every_use(key: SigningKey) -> None:
    signer, now = Signer(key), [float(ANN.exp - 1)]
    checker, token = Checker(signer.ring, now=lambda: now[0]), signer.sign(ANN)
    assert checker.check(token) == ANN
    now[0] = float(ANN.exp)
    assert checker.check(token) is None


def test_that_a_token_was_revoked_is_seen_at_every_use(key: SigningKey) -> None:
    revoked: list[Claims] = []
    signer = Signer(key)
    checker, token = Checker(signer.ring, lambda claims: claims in revoked), signer.sign(ANN)
    assert checker.check(token) == ANN
    revoked.append(ANN)
    assert checker.check(token) is None


def test_that_a_key_counts_no_more_is_seen_at_every_use(key: SigningKey) -> None:
    signer = Signer(key)
    checker, token = Checker(signer.ring), signer.sign(ANN)
    assert checker.check(token) == ANN
    signer.ring.keys.clear()
    assert checker.check(token) is None


def test_a_bad_token_is_bad_however_often_it_comes(key: SigningKey) -> None:
    signer = Signer(key)
    checker, token = Checker(signer.ring), signer.sign(ANN)
    assert checker.check(token) == ANN
    assert [checker.check(token[:-4] + "AAAA") for _ in range(3)] == [None] * 3


def test_no_more_tokens_are_remembered_than_are_asked_for(key: SigningKey) -> None:
    signer = Signer(key)
    checker = Checker(signer.ring, remembered=2)
    people = [claims_of(name) for name in ("ann", "ben", "cid", "ann")]
    assert [checker.check(signer.sign(claims)) for claims in people] == people
    assert checker._signed.cache_info().currsize == 2


KEYS: dict[str, tuple[SigningKey, SigningKey]] = {
    "secrets": (OLD, NEW),
    "pairs": (pair(), pair()),
    "a secret, then a pair": (OLD, pair()),
}


@pytest.mark.parametrize(("old", "new"), KEYS.values(), ids=KEYS.keys())
def test_a_key_is_replaced_in_three_steps_and_every_token_stays_good(
    old: SigningKey, new: SigningKey
) -> None:
    steps = [Signer(old), Signer(old, [new]), Signer(new, [old]), Signer(new)]
    for before, after in pairwise(steps):  # processes of both run side by side
        for signer in (before, after):
            for checking in (before, after):
                assert Checker(checking.ring).check(signer.sign(ANN)) == ANN
    assert Checker(steps[-1].ring).check(steps[0].sign(ANN)) is None


def test_only_public_keys_are_shown() -> None:
    [shown] = Signer(pair(), [OLD]).public_keys()
    assert shown["kty"] == "OKP"
    assert "d" not in shown
    assert Signer(OLD, [NEW]).public_keys() == []


def test_a_public_key_is_no_secret_to_sign_by() -> None:
    """Key confusion: whoever knows the public key makes a token that says HS256."""
    key = Ed25519PrivateKey.generate()
    [private] = pairs(private_pem(key))
    assert isinstance(private, SigningKey)
    checker = Checker(Signer(private).ring)
    for secret in (public_pem(key).encode(), key.public_key().public_bytes_raw()):
        assert checker.check(confused(secret, private.key.id)) is None


def confused(secret: bytes, key_id: str) -> str:
    """PyJWT refuses to make such a token, an attacker does not."""
    said = everything()
    header = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    signed = b".".join(encoded(json.dumps(part).encode()) for part in (header, said))
    return b".".join([signed, encoded(hmac.digest(secret, signed, hashlib.sha256))]).decode()


def everything() -> dict[str, Any]:
    """All that a token of Ann says."""
    return {**msgspec.structs.asdict(ANN), "iss": "ticketing", "aud": "ticketing"}


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def test_a_confused_token_is_what_the_test_takes_it_for() -> None:
    assert Checker(Signer(OLD).ring).check(confused(OLD.secret.encode(), OLD.key.id)) == ANN


def test_another_key_of_the_same_kind_signs_nothing() -> None:
    mine, others = pair(), pair()
    header = {"kid": mine.key.id}
    forged = jwt.encode(everything(), others.material, "EdDSA", headers=header)
    assert Checker(Signer(mine).ring).check(forged) is None


def test_a_clock_that_is_a_moment_behind_takes_the_token_all_the_same(key: SigningKey) -> None:
    signer = Signer(key)
    ahead = claims_of("ann", iat=ANN.iat + 3)
    assert Checker(signer.ring, now=lambda: float(ANN.iat)).check(signer.sign(ahead)) == ahead
