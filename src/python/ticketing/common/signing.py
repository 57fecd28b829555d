"""Keys of tokens: a secret that all services share, or a pair of which auth alone has one half.

A key says itself by which algorithm it is used; what a token says of that is only compared.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization import load_pem_public_key

HMAC, EDDSA = "HS256", "EdDSA"
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.S)


@dataclass(frozen=True, kw_only=True)
class Key:
    """What a signature is checked with; `id` is made of the key itself, so no two share one."""

    id: str
    algorithm: str
    material: bytes | Ed25519PublicKey


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """What a token is signed with. `secret` is known to whoever may sign, and to nobody else."""

    key: Key
    material: bytes | Ed25519PrivateKey
    secret: str


def shared(secret: str) -> SigningKey:
    """The key that a secret is: who can check its signatures can make them."""
    material = secret.encode()
    id = hashlib.sha256(b"the id of " + material).hexdigest()[:16]
    return SigningKey(
        key=Key(id=id, algorithm=HMAC, material=material), material=material, secret=secret
    )


def pairs(pems: str) -> list[SigningKey | Key]:
    """The Ed25519 keys in PEM blocks, private or public ones; raises ValueError at any other.

    Their line breaks may be written as the two characters that stand for one in many a file.
    """
    blocks = _PEM.findall(pems.replace("\\n", "\n"))
    if not blocks:
        raise ValueError("no key in PEM")
    return [_pair(block.encode()) for block in blocks]


def as_jwk(key: Key) -> dict[str, str]:
    """A public key as others may read it (RFC 8037)."""
    assert isinstance(key.material, Ed25519PublicKey)
    return {**_thumb(key.material), "use": "sig", "alg": EDDSA, "kid": key.id}


def from_jwk(x: str) -> Key:
    """The public key whose `as_jwk` has this `x`; raises ValueError where it is none."""
    given = x.encode()
    raw = base64.urlsafe_b64decode(given + b"=" * (-len(given) % 4))
    return _public(Ed25519PublicKey.from_public_bytes(raw))


def _pair(pem: bytes) -> SigningKey | Key:
    try:
        if b" PRIVATE " not in pem.splitlines()[0]:
            public = load_pem_public_key(pem)
            if not isinstance(public, Ed25519PublicKey):
                raise ValueError("not an Ed25519 key")
            return _public(public)
        private = load_pem_private_key(pem, None)
    except (TypeError, UnsupportedAlgorithm):  # it wants a password, or is of no known kind
        raise ValueError("not an Ed25519 key") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    secret = hashlib.sha256(b"a secret beside " + private.private_bytes_raw()).hexdigest()
    return SigningKey(key=_public(private.public_key()), material=private, secret=secret)


def _public(material: Ed25519PublicKey) -> Key:
    """Its id is its thumbprint (RFC 7638)."""
    thumb = ",".join(f'"{name}":"{value}"' for name, value in sorted(_thumb(material).items()))
    id = _base64(hashlib.sha256(f"{{{thumb}}}".encode()).digest())
    return Key(id=id, algorithm=EDDSA, material=material)


def _thumb(material: Ed25519PublicKey) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64(material.public_bytes_raw())}


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
