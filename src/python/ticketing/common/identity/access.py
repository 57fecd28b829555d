"""Who is asking: the signed-in user, from the JWT in the `session` cookie or the bearer header.

Flask-JWT-Extended verifies tokens; `current_user` is its own.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from flask_jwt_extended import get_current_user, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError

from ticketing.common.core.errors import NotAuthorized
from ticketing.common.identity.revocations import Revocations
from ticketing.common.identity.token_keys import KeySet, LocalKeys
from ticketing.common.identity.tokens import TokenManager, User, user_of

SESSION, REFRESH, CSRF = "session", "refresh", "XSRF-TOKEN"
"""The cookies: the access token, what renews it, and what a script must send with a write."""
CSRF_HEADER = "X-XSRF-TOKEN"
ISSUER = AUDIENCE = "ticketing"
LEEWAY = timedelta(minutes=1)
"""How far the clock of the machine that made a token may be ahead."""
_VERIFIED = "ticketing.token_is_verified"
BAD_TOKEN = (JWTExtendedException, PyJWTError)
"""What the libraries raise at one."""

P = ParamSpec("P")
R = TypeVar("R")


def init_identity(app: Flask, keys: KeySet, revocations: Revocations | None) -> None:
    """Know users by tokens of these keys that were not revoked."""
    app.config.update(
        JWT_ALGORITHM=keys.algorithm,
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_DECODE_ISSUER=ISSUER,
        JWT_ENCODE_AUDIENCE=AUDIENCE,
        JWT_DECODE_AUDIENCE=AUDIENCE,
        JWT_DECODE_LEEWAY=LEEWAY,
        JWT_ENCODE_NBF=False,
        JWT_ACCESS_COOKIE_NAME=SESSION,
        JWT_ACCESS_CSRF_COOKIE_NAME=CSRF,
        JWT_ACCESS_CSRF_HEADER_NAME=CSRF_HEADER,
        JWT_COOKIE_SAMESITE="Lax",
    )
    manager = TokenManager(keys)
    manager.user_lookup_loader(lambda header, claims: user_of(claims))
    if revocations is not None:
        manager.token_in_blocklist_loader(lambda header, claims: revocations.is_revoked(claims))
    if isinstance(keys, LocalKeys):
        signing = keys.signing
        manager.encode_key_loader(lambda identity: signing)
        manager.additional_headers_loader(lambda identity: {"kid": signing.key_id})
    for answer_with in (
        manager.expired_token_loader,
        manager.invalid_token_loader,
        manager.needs_fresh_token_loader,
        manager.revoked_token_loader,
        manager.token_verification_failed_loader,
        manager.unauthorized_loader,
        manager.user_lookup_error_loader,
    ):
        answer_with(lambda *_: current_app.handle_user_exception(NotAuthorized()))
    manager.init_app(app)


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator: only who is signed in gets to the view, where `current_user` is then; others 401.

    As the library's `jwt_required()`, but a request's token is verified once, however often it is
    asked for, and a bearer header is the only thing that counts where there is one.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _is_verified():
            raise NotAuthorized
        return view(*args, **kwargs)

    return guarded


def user_if_signed_in() -> User | None:
    """The `current_user` where there is one; a bad token is as good as none."""
    if not _is_verified():
        return None
    user: User = get_current_user()
    return user


def bearer() -> str | None:
    """The token of the bearer header, which from now on is spelled as the library knows it."""
    environ = request.environ
    scheme, _, given = environ.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = "" if "," in given else given.strip()  # the library would take the first of several
    environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return str(token)


def _is_verified() -> bool:
    """Whether this request's token is good; looked at once a request."""
    environ = request.environ
    if _VERIFIED not in environ:
        environ[_VERIFIED] = _verify()
    return bool(environ[_VERIFIED])


def _verify() -> bool:
    try:
        verify_jwt_in_request(locations="cookies" if bearer() is None else "headers")
    except BAD_TOKEN:
        return False
    return True
