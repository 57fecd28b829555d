"""Access tokens: JWTs that auth signs and every service checks by itself."""

import time
from collections.abc import Callable
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Annotated

import jwt
import msgspec
from jwt import PyJWTError

from ticketing.common.key_rings import FixedKeys
from ticketing.common.key_rings import KeyRing
from ticketing.common.signing import EDDSA
from ticketing.common.signing import Key
from ticketing.common.signing import SigningKey
from ticketing.common.signing import as_jwk

ISSUER = AUDIENCE = "ticketing"
LONGEST = timedelta(hours=1)
"""The longest that a token may be good for: what was revoked is remembered for as long."""
MAX_TOKEN = 4096
"""Characters; no token of ours has a third of it."""
REMEMBERED = 4096
"""Tokens whose signature is not checked again: some 5 MB, and as many people at once."""


Some = Annotated[str, msgspec.Meta(min_length=1)]


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says: who, of which session, and what a write by cookie must know.

    `epoch` is how often the user had signed out everywhere when the session began; `iat` and `exp`
    are seconds since 1970.
    """

    sub: Some
    email: str
    sid: Some
    epoch: int
    csrf: Some
    iat: int
    exp: int


class Signer:
    """Makes tokens, which is for auth alone; `others` are keys that are accepted besides."""

    def __init__(self, key: SigningKey, others: Sequence[SigningKey | Key] = ()) -> None:
        self._key = key
        own = [other for other in (key, *others) if isinstance(other, SigningKey)]
        self.secrets = [other.secret for other in own]
        """Known here and never in a database; the first is the one to use."""
        self.ring = FixedKeys(
            [other.key if isinstance(other, SigningKey) else other for other in (key, *others)]
        )

    def public_keys(self) -> list[dict[str, str]]:
        """What others may know of the keys; nothing of a secret."""
        return [as_jwk(key) for key in self.ring.keys.values() if key.algorithm == EDDSA]

    def sign(self, claims: Claims) -> str:
        """The token that says this."""
        said = {**msgspec.structs.asdict(claims), "iss": ISSUER, "aud": AUDIENCE}
        key = self._key.key
        return jwt.encode(said, self._key.material, key.algorithm, headers={"kid": key.id})


class Checker:
    """Says what a token says if it is good. Its signature is checked once; that it is not over,
    that its key still counts and that it was not revoked, at every use.
    """

    def __init__(
        self,
        keys: KeyRing,
        is_revoked: Callable[[Claims], bool] = lambda claims: False,
        now: Callable[[], float] = time.time,
        remembered: int = REMEMBERED,
    ) -> None:
        self._keys, self._is_revoked, self._now = keys, is_revoked, now
        self._signed = lru_cache(remembered)(self._verify)

    def check(self, token: str) -> Claims | None:
        """What it says; None where it is not good, whatever the reason."""
        try:
            key_id, claims = self._signed(token)
        except (PyJWTError, ValueError, RecursionError):
            return None
        if claims.exp <= self._now() or self._keys.find(key_id) is None:
            return None
        return None if self._is_revoked(claims) else claims

    def _verify(self, token: str) -> tuple[str, Claims]:
        """Raises where it is not signed by a key of ours, or says something else."""
        if len(token) > MAX_TOKEN:
            raise ValueError("too long")
        key_id = jwt.get_unverified_header(token).get("kid", "")
        key = self._keys.find(key_id)
        if key is None:
            raise ValueError("no such key")
        # The time is looked at later; `iat` of another machine's clock may be a moment ahead.
        options: jwt.types.Options = {"verify_exp": False, "verify_iat": False}
        said = jwt.decode(
            token,
            key.material,
            algorithms=[key.algorithm],
            audience=AUDIENCE,
            issuer=ISSUER,
            options=options,
        )
        claims = msgspec.convert(said, Claims)
        if claims.exp - claims.iat > LONGEST.total_seconds():
            raise ValueError("good for too long")
        return key_id, claims
