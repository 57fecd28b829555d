"""Access tokens: JWTs that auth signs and every service verifies by itself."""

import hmac
import time
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any

import jwt
import msgspec
from flask_jwt_extended import JWTManager
from flask_jwt_extended.exceptions import CSRFError
from jwt import DecodeError, InvalidTokenError, PyJWK

from ticketing.common.identity.token_keys import KeySet

LONGEST = timedelta(hours=1)
"""The longest that a token may be good for: what was revoked is remembered for as long."""
MAX_TOKEN = 4096
"""Characters; no token of ours has a third of it."""
REMEMBERED = 4096
"""Tokens whose signature is not verified again: some 5 MB, and as many people at once."""

Claims = dict[str, Any]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in user, as the claims of the access token say.

    `epoch` is how often the user had signed out everywhere when the session began, `csrf` what a
    write by cookie must know; `issued_at` and `expires_at` are seconds since 1970.
    """

    id: Text = msgspec.field(name="sub")
    email: str
    session_id: Text = msgspec.field(name="sid")
    epoch: int
    csrf: Text
    issued_at: int = msgspec.field(name="iat")
    expires_at: int = msgspec.field(name="exp")


def user_of(claims: Claims) -> User:
    """The user whom verified claims tell of."""
    return msgspec.convert(claims, User)


class TokenManager(JWTManager):
    """Flask-JWT-Extended's manager, which remembers the tokens that it has verified.

    A signature is verified once; that a token is not over, that its key still counts and that it
    was not revoked, at every use.
    """

    def __init__(self, keys: KeySet) -> None:
        super().__init__()
        self.keys = keys
        self._verified = lru_cache(REMEMBERED)(self._verify)
        self.decode_key_loader(lambda header, claims: self._key(header.get("kid", "")))

    def _decode_jwt_from_config(
        self, encoded_token: str, csrf_value: str | None = None, allow_expired: bool = False
    ) -> Claims:
        """The claims of the token, which is never taken once it is over; raises errors of PyJWT and
        of Flask-JWT-Extended.
        """
        if len(encoded_token) > MAX_TOKEN:
            raise DecodeError("Token is too long")
        key_id, claims = self._verified(encoded_token)
        if claims["exp"] <= time.time():
            raise InvalidTokenError("Token has expired")
        self._key(key_id)
        if csrf_value is not None and not _same(csrf_value, claims["csrf"]):
            raise CSRFError("CSRF tokens do not match")
        return claims

    def _verify(self, token: str) -> tuple[str, Claims]:
        claims: Claims = super()._decode_jwt_from_config(token)
        try:
            user = user_of(claims)
        except msgspec.ValidationError as error:
            raise DecodeError(str(error)) from None
        if user.expires_at - user.issued_at > LONGEST.total_seconds():
            raise DecodeError("Token is good for too long")
        return jwt.get_unverified_header(token)["kid"], claims

    def _key(self, id: str) -> PyJWK:
        key = self.keys.find(id)
        if key is None:
            raise InvalidTokenError("Token is of no key that counts")
        return key


def _same(given: str, expected: str) -> bool:
    """As bytes: the library compares texts, which fails where one is not ASCII."""
    return hmac.compare_digest(given.encode(), expected.encode())
