"""Tokens that look like the platform's and must open nothing."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ticketing.common.testing.services import ENV
from ticketing.local.tests.authorization import Person, Place


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
    confused = [(one, by) for one in _shown(mine.public_key()) for by in ("HS256", "HS512")]
    return Keys(mine, "EdDSA", stranger, confused)


def _shown(key: Ed25519PublicKey) -> list[bytes]:
    """All forms in which a service may hold the key that everybody knows."""
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    open_ssh = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return [pem, pem.strip(), der, open_ssh, key.public_bytes_raw()]


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
