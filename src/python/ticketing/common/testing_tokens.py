"""For tests: tokens as auth signs them, and tokens as nobody should take them."""

import time
from collections.abc import Mapping
from typing import Any

import jwt
import msgspec

from ticketing.common.signing import shared
from ticketing.common.tokens import AUDIENCE
from ticketing.common.tokens import ISSUER
from ticketing.common.tokens import Claims
from ticketing.common.tokens import Signer

JWT_KEY = "a key that only tests use, thirty-two bytes or more"
HEADER: Mapping[str, Any] = {"kid": shared(JWT_KEY).key.id}


def claims_of(user_id: str, **changes: Any) -> Claims:
    """What a token of this user says, for the next ten minutes."""
    now = int(time.time())
    claims = Claims(
        sub=user_id,
        email=f"{user_id}@example.com",
        sid=f"session-of-{user_id}",
        epoch=0,
        csrf=f"csrf-of-{user_id}",
        iat=now,
        exp=now + 600,
    )
    return msgspec.structs.replace(claims, **changes)


def token_of(user_id: str, key: str = JWT_KEY, **changes: Any) -> str:
    """A token of this user, as auth signs it."""
    return Signer(shared(key)).sign(claims_of(user_id, **changes))


def forged(
    key: Any = JWT_KEY,
    algorithm: str = "HS256",
    header: Mapping[str, Any] = HEADER,
    **changes: Any,
) -> str:
    """A token that is signed in any way and says anything; what is None is left out."""
    proper = {**msgspec.structs.asdict(claims_of("u1")), "iss": ISSUER, "aud": AUDIENCE}
    said = {name: value for name, value in {**proper, **changes}.items() if value is not None}
    return jwt.encode(said, key, algorithm, headers=dict(header))
