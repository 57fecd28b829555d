"""The keys of access tokens, as JSON Web Keys (RFC 7517): a secret that all services share, or an
Ed25519 pair of which auth alone has the private half.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt import PyJWK
from jwt.algorithms import OKPAlgorithm
from jwt.exceptions import PyJWTError

HS256, EDDSA = "HS256", "EdDSA"
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.S)


class KeySet(Protocol):
    """Keys by their ids, all for one algorithm."""

    algorithm: str

    def find(self, id: str) -> PyJWK | None:
        """The key, if tokens that it has signed are accepted now."""


class LocalKeys:
    """The keys that a process is started with: the first signs, all verify."""

    def __init__(self, signing: PyJWK, *others: PyJWK) -> None:
        self.signing, self.algorithm = signing, signing.algorithm_name
        self._keys = {key.key_id: key for key in (signing, *others)}

    def find(self, id: str) -> PyJWK | None:
        """The key of this id."""
        return self._keys.get(id)

    def secrets(self) -> list[str]:
        """What only those know who may sign, never a database; that of the signing key first."""
        return [secret for key in self._keys.values() for secret in _secrets(key)]

    def public(self) -> list[dict[str, Any]]:
        """The public halves, as members of a JWK set (RFC 8037); none of a shared secret."""
        return [_public(key) for key in self._keys.values() if key.algorithm_name == EDDSA]


def shared_key(secret: str) -> PyJWK:
    """The HS256 key that a secret is: whoever can verify by it can sign by it."""
    material = secret.encode()
    id = hashlib.sha256(b"the id of " + material).hexdigest()[:16]
    return PyJWK({"kty": "oct", "k": _base64url(material), "alg": HS256, "kid": id})


def read_pem(text: str) -> list[PyJWK]:
    """The Ed25519 keys, private or public, in PEM blocks; raises ValueError at any other.

    Line breaks may be written as the two characters that stand for one in many a file.
    """
    blocks = _PEM.findall(text.replace("\\n", "\n"))
    if not blocks:
        raise ValueError("no key in PEM")
    return [_from_pem(block) for block in blocks]


def _from_pem(block: str) -> PyJWK:
    try:
        members = OKPAlgorithm.to_jwk(OKPAlgorithm().prepare_key(block), as_dict=True)
        return PyJWK({**members, "kid": _thumbprint(members)})
    except (PyJWTError, TypeError, UnsupportedAlgorithm):  # of another kind, or with a password
        raise ValueError("not an Ed25519 key") from None


def _public(key: PyJWK) -> dict[str, Any]:
    members = OKPAlgorithm.to_jwk(key.key, as_dict=True)
    members.pop("d", None)  # the private half
    return {**members, "use": "sig", "alg": EDDSA, "kid": key.key_id}


def _secrets(key: PyJWK) -> Iterator[str]:
    match key.key:
        case bytes(shared):
            yield shared.decode()
        case Ed25519PrivateKey() as private:
            yield hashlib.sha256(b"a secret beside " + private.private_bytes_raw()).hexdigest()


def _thumbprint(members: dict[str, Any]) -> str:
    """The id of a key, the same for both halves of a pair (RFC 7638)."""
    text = '{{"crv":"{crv}","kty":"{kty}","x":"{x}"}}'.format_map(members)
    return _base64url(hashlib.sha256(text.encode()).digest())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
