"""Who is asking: the signed-in user, from the JWT in the `session` cookie or the bearer header."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any
from typing import Concatenate
from typing import ParamSpec
from typing import TypeVar

from flask import Flask
from flask import Response
from flask import request
from flask_jwt_extended import JWTManager
from flask_jwt_extended import create_access_token
from flask_jwt_extended import get_csrf_token
from flask_jwt_extended import get_jwt
from flask_jwt_extended import verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError

from ticketing.common.errors import NotAuthorized

SESSION_LIFETIME = timedelta(days=7)
_SESSION, _CSRF = "session", "XSRF-TOKEN"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class User:
    """A signed-in user; `issued_at` is the `iat` of the token, seconds since 1970."""

    id: str
    email: str
    issued_at: int


def init_identity(app: Flask, key: str) -> None:
    """Let the app read and issue tokens signed with `key` (HS256)."""
    app.config.update(
        JWT_SECRET_KEY=key,
        JWT_TOKEN_LOCATION=["headers", "cookies"],
        JWT_ACCESS_COOKIE_NAME=_SESSION,
        JWT_ACCESS_CSRF_COOKIE_NAME=_CSRF,
        JWT_ACCESS_CSRF_HEADER_NAME="X-XSRF-TOKEN",
        JWT_ACCESS_TOKEN_EXPIRES=SESSION_LIFETIME,
    )
    JWTManager(app)


def current_user() -> User | None:
    """The signed-in user of this request; None without a valid token."""
    try:
        verify_jwt_in_request()
        claims: dict[str, Any] = get_jwt()
        return User(id=claims["sub"], email=claims["email"], issued_at=claims["iat"])
    except (JWTExtendedException, PyJWTError, KeyError):
        return None
    except (TypeError, IndexError):
        # The library trips over a CSRF header that is not ASCII and an empty Authorization.
        return None


def signed_in(view: Callable[Concatenate[User, P], R]) -> Callable[P, R]:
    """Decorator: the view gets the signed-in user first; without one it is `NotAuthorized`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        user = current_user()
        if user is None:
            raise NotAuthorized
        return view(user, *args, **kwargs)

    return guarded


def start_session(response: Response, user_id: str, email: str) -> Response:
    """Put a new session and its CSRF token into the response's cookies."""
    token = create_access_token(user_id, additional_claims={"email": email})
    _set_cookie(response, _SESSION, token, httponly=True)
    _set_cookie(response, _CSRF, get_csrf_token(token), httponly=False)
    return response


def end_session(response: Response) -> Response:
    """Clear the cookies of the session."""
    for name in (_SESSION, _CSRF):
        response.delete_cookie(name, samesite="Lax", secure=request.is_secure)
    return response


def _set_cookie(response: Response, name: str, value: str, *, httponly: bool) -> None:
    response.set_cookie(
        name, value, httponly=httponly, secure=request.is_secure, samesite="Lax", path="/"
    )
