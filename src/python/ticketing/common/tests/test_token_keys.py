"""Keys of tokens: what they are read from, what they are called, what others see of them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from ticketing.common.identity.token_keys import LocalKeys, read_pem, shared_key
from ticketing.common.tests.pems import private_pem, public_pem

RFC_8037 = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
"""The private key of its appendix A; the public one and the thumbprint stand there, too."""


def the_rfcs() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(RFC_8037 + "="))


def test_a_public_key_is_shown_and_called_as_the_standards_say() -> None:
    for pem in (public_pem(the_rfcs()), private_pem(the_rfcs())):
        assert LocalKeys(*read_pem(pem)).public() == [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                "use": "sig",
                "alg": "EdDSA",
                "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            }
        ]


def test_both_halves_of_a_pair_are_called_the_same() -> None:
    key = Ed25519PrivateKey.generate()
    [private, public] = read_pem(private_pem(key) + public_pem(key))
    assert private.key_id == public.key_id


def test_line_breaks_may_be_written_out() -> None:
    pem = public_pem(Ed25519PrivateKey.generate())
    [written_out], [key] = read_pem(pem.replace("\n", "\\n")), read_pem(pem)
    assert written_out.key_id == key.key_id


def test_a_secret_is_called_by_what_does_not_tell_it() -> None:
    assert shared_key("one").key_id == shared_key("one").key_id != shared_key("two").key_id
    assert "one" not in str(shared_key("one").key_id)


def test_who_may_sign_has_secrets_and_a_public_key_is_none() -> None:
    keys = [*read_pem(private_pem()), shared_key("one"), *read_pem(private_pem())]
    assert len(set(LocalKeys(*keys).secrets())) == 3
    assert LocalKeys(*read_pem(public_pem(the_rfcs()))).secrets() == []


def test_of_a_shared_secret_nothing_is_public() -> None:
    assert LocalKeys(shared_key("one"), shared_key("two")).public() == []


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
    "one of another curve": Ed448PrivateKey.generate()
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode(),
    "one cut short": private_pem()[:60] + "\n-----END PRIVATE KEY-----",
}


@pytest.mark.parametrize("pem", NO_KEYS.values(), ids=NO_KEYS.keys())
def test_what_is_no_key_is_refused(pem: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_pem(pem)
