"""For tests: access tokens as auth signs them, and tokens as nobody should take them."""

import time
from collections.abc import Mapping
from typing import Any

import jwt
from jwt import PyJWK

from ticketing.common.identity.access import AUDIENCE, ISSUER
from ticketing.common.identity.token_keys import shared_key

JWT_KEY = "a key that only tests use, thirty-two bytes or more"
HEADER: Mapping[str, Any] = {"kid": shared_key(JWT_KEY).key_id}

SPELLINGS = {
    "Bearer {}": True,
    "bearer {}": True,
    "BEARER   {} ": True,
    "Bearer {}, x": False,
    "Bearer {} ,": False,
    "Bearer {} x": False,
    "Bearer x, Bearer {}": False,
    "Bearer={}": False,
}
"""Of an Authorization header, with whether the token in it is read."""


def claims_of(user_id: str, **changes: Any) -> dict[str, Any]:
    """What a token of this user says, for the next ten minutes."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": user_id,
        "email": f"{user_id}@example.com",
        "sid": f"session-of-{user_id}",
        "epoch": 0,
        "csrf": f"csrf-of-{user_id}",
        "iat": now,
        "exp": now + 600,
    }
    return {**claims, **changes}


def token_of(user_id: str, key: str | PyJWK = JWT_KEY, **changes: Any) -> str:
    """A token of this user, as auth signs it."""
    signing = shared_key(key) if isinstance(key, str) else key
    return jwt.encode(claims_of(user_id, **changes), signing, headers={"kid": signing.key_id})


def forged(
    key: Any = JWT_KEY,
    algorithm: str = "HS256",
    header: Mapping[str, Any] = HEADER,
    **changes: Any,
) -> str:
    """A token that is signed in any way and says anything; what is None is left out."""
    claims = claims_of("u1", **changes)
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, key, algorithm, headers=dict(header))
