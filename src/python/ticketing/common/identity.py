"""Who is asking: the signed-in user, from the JWT in the `session` cookie or the bearer header."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate
from typing import ParamSpec
from typing import TypeVar

from flask import Flask
from flask import Response
from flask import current_app
from flask import request

from ticketing.common.errors import NotAuthorized
from ticketing.common.tokens import Checker
from ticketing.common.tokens import Claims

SESSION, REFRESH, CSRF = "session", "refresh", "XSRF-TOKEN"
"""The cookies: the access token, what renews it, and what a script must send with a write."""
CSRF_HEADER = "X-XSRF-TOKEN"
_EXTENSION = "identity"
_READS = ("GET", "HEAD", "OPTIONS")

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class User:
    """A signed-in user; `issued_at` is the `iat` of the token, seconds since 1970.

    `epoch` is how often the user had signed out everywhere when the session began.
    """

    id: str
    email: str
    issued_at: int
    session_id: str
    epoch: int


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What a browser gets when its session starts or is renewed."""

    access: str
    refresh: str
    csrf: str


def init_identity(app: Flask, checker: Checker) -> None:
    """Let the app know users by the tokens that `checker` finds good."""
    app.extensions[_EXTENSION] = checker


def current_user() -> User | None:
    """The signed-in user of this request; None without a valid token.

    A cookie counts for a write only if the header proves that a page of ours sent it.
    """
    bearer = _bearer()
    claims = _check(request.cookies.get(SESSION, "") if bearer is None else bearer)
    if claims is None or (bearer is None and not _is_meant(claims)):
        return None
    return User(
        id=claims.sub,
        email=claims.email,
        issued_at=claims.iat,
        session_id=claims.sid,
        epoch=claims.epoch,
    )


def signed_in(view: Callable[Concatenate[User, P], R]) -> Callable[P, R]:
    """Decorator: the view gets the signed-in user first; without one it is `NotAuthorized`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        user = current_user()
        if user is None:
            raise NotAuthorized
        return view(user, *args, **kwargs)

    return guarded


def named_session() -> str | None:
    """The id of the session whose token came along, meant or not: good for ending it, no more."""
    bearer = _bearer()
    claims = _check(request.cookies.get(SESSION, "") if bearer is None else bearer)
    return claims.sid if claims else None


def refresh_token() -> str:
    """What came along to renew a session by; empty where nothing did."""
    return request.cookies.get(REFRESH, "")


def start_session(response: Response, granted: Granted) -> Response:
    """Put what was granted into the response's cookies, in place of what an older session left."""
    _set_cookie(response, SESSION, granted.access, httponly=True)
    _set_cookie(response, REFRESH, granted.refresh, httponly=True)
    _set_cookie(response, CSRF, granted.csrf, httponly=False)
    return response


def end_session(response: Response) -> Response:
    """Clear the cookies of the session."""
    for name in (SESSION, REFRESH, CSRF):
        response.delete_cookie(name, samesite="Lax", secure=request.is_secure)
    return response


def _bearer() -> str | None:
    """The token of the header; where there is one, no cookie counts."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _check(token: str) -> Claims | None:
    checker: Checker = current_app.extensions[_EXTENSION]
    return checker.check(token) if token else None


def _is_meant(claims: Claims) -> bool:
    """Whether a page of ours must have sent this: other sites cannot read what is in the header."""
    given = request.headers.get(CSRF_HEADER, "")
    return request.method in _READS or hmac.compare_digest(given.encode(), claims.csrf.encode())


def _set_cookie(response: Response, name: str, value: str, *, httponly: bool) -> None:
    response.set_cookie(
        name, value, httponly=httponly, secure=request.is_secure, samesite="Lax", path="/"
    )
