"""Keys of tokens: what they are read from, what they are called, what others see of them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat

from ticketing.common.signing import Key
from ticketing.common.signing import SigningKey
from ticketing.common.signing import as_jwk
from ticketing.common.signing import from_jwk
from ticketing.common.signing import pairs
from ticketing.common.signing import shared
from ticketing.common.tests.pems import private_pem
from ticketing.common.tests.pems import public_pem

RFC_8037 = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
"""The private key of its appendix A; the public one and the thumbprint stand there, too."""


def the_rfcs() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(RFC_8037 + "="))


def test_a_public_key_is_shown_and_called_as_the_standards_say() -> None:
    [key] = pairs(public_pem(the_rfcs()))
    assert isinstance(key, Key)
    assert as_jwk(key) == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "use": "sig",
        "alg": "EdDSA",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    }


def test_what_is_shown_of_a_key_is_read_as_the_same_key() -> None:
    [key] = pairs(private_pem())
    assert isinstance(key, SigningKey)
    assert from_jwk(as_jwk(key.key)["x"]) == key.key


def test_both_halves_of_a_pair_are_called_the_same() -> None:
    key = Ed25519PrivateKey.generate()
    [private, public] = pairs(private_pem(key) + public_pem(key))
    assert isinstance(private, SigningKey)
    assert private.key == public


def test_line_breaks_may_be_written_out() -> None:
    key = Ed25519PrivateKey.generate()
    assert pairs(public_pem(key).replace("\n", "\\n")) == pairs(public_pem(key))


def test_a_secret_is_called_by_what_does_not_tell_it() -> None:
    assert shared("one").key.id == shared("one").key.id != shared("two").key.id
    assert "one" not in shared("one").key.id
    assert len({key.secret for key in (shared("one"), *_private(), *_private())}) == 3


def _private() -> list[SigningKey]:
    return [key for key in pairs(private_pem()) if isinstance(key, SigningKey)]


ELLIPTIC = generate_private_key(SECP256R1())
NO_KEYS = {
    "nothing": "",
    "a word": "secret",
    # pragma: allowlist nextline secret
    "an empty block": "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
    "another kind": ELLIPTIC.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode(),
    "a locked one": Ed25519PrivateKey.generate()
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    .decode(),
    "one cut short": private_pem()[:60] + "\n-----END PRIVATE KEY-----",
}


@pytest.mark.parametrize("pem", NO_KEYS.values(), ids=NO_KEYS.keys())
def test_what_is_no_key_is_refused(pem: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        pairs(pem)


@pytest.mark.parametrize("x", ["", "AAAA", "é", "A" * 44])
def test_what_is_no_public_key_is_refused(x: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_jwk(x)
