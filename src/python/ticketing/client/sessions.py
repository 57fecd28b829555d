"""The visitor's session: renewed, before a service is asked, once its token is half over."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jwt
from flask import Response, after_this_request, request

from ticketing.client.syntax import TOKEN
from ticketing.common.core.errors import Conflict, NotAuthorized, Unavailable
from ticketing.common.identity.access import REFRESH, SESSION

_KNOWN, _ASKED = "ticketing.session", "ticketing.session.renewal"

Renew = Callable[[str], list[str]]
"""Has the cookies of the session renewed by its refresh token."""


def access_token(renew: Renew) -> str:
    """The token by which services know the visitor; empty for a stranger.

    Renewed once in a request, and the answer to it brings the visitor the new cookies. Raises
    Unavailable where the token is over and nobody renews it.
    """
    if _KNOWN not in request.environ:
        left = _left()
        request.environ[_KNOWN] = _cookie(SESSION) if left > 0.5 else _renewed(renew, left)
    return str(request.environ[_KNOWN])


def another_token(renew: Renew) -> str:
    """One in place of a token that is not over and that auth does not take: its key was dropped, or
    clocks differ. Empty for a stranger, and where a renewal was asked for in this request.
    """
    if not _cookie(REFRESH) or _ASKED in request.environ:
        return ""
    request.environ[_KNOWN] = token = _renewed(renew, left=0)
    return token


def own_cookies() -> str:
    """All by which auth knows the session, as a header: one of them is enough to end it."""
    given = {name: _cookie(name) for name in (SESSION, REFRESH)}
    return "; ".join(f"{name}={value}" for name, value in given.items() if value)


def with_cookies(cookies: list[str], response: Response) -> Response:
    """The answer, which starts or ends the visitor's session as the API has said."""
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie)
    return response


def claims() -> dict[str, Any]:
    """What the token that came along says. Unverified: the API is who trusts it or does not."""
    try:
        said: dict[str, Any] = jwt.decode(_cookie(SESSION), options={"verify_signature": False})
    except jwt.PyJWTError:
        return {}
    return said


def _renewed(renew: Renew, left: float) -> str:
    token, refresh = _cookie(SESSION), _cookie(REFRESH)
    if not refresh:
        return token
    request.environ[_ASKED] = True
    try:
        cookies = renew(refresh)
    except NotAuthorized:  # it is over
        after_this_request(_forget)
        return ""
    except (Conflict, Unavailable):
        if left > 0:
            return token
        raise Unavailable("Nobody can tell who is there") from None
    after_this_request(partial(_pass_on, cookies))
    return next((_value(cookie) for cookie in cookies if _is(SESSION, cookie)), "")


def _left() -> float:
    """Which part of the token's life is still to come; 0 where it is over, or there is none."""
    said = claims()
    begins, ends = said.get("iat"), said.get("exp")
    if not (isinstance(begins, int) and isinstance(ends, int)) or ends <= begins:
        return 0
    return max(0, (ends - time.time()) / (ends - begins))


def _pass_on(cookies: list[str], response: Response) -> Response:
    """The CSRF token is left alone: it stays the same, and the page may set it."""
    if not _starts_or_ends_one(response):
        for cookie in cookies:
            if _is(SESSION, cookie) or _is(REFRESH, cookie):
                response.headers.add("Set-Cookie", cookie)
    return response


def _forget(response: Response) -> Response:
    if not _starts_or_ends_one(response):
        for name in (SESSION, REFRESH):
            response.delete_cookie(name, httponly=True, samesite="Lax")
    return response


def _starts_or_ends_one(response: Response) -> bool:
    """Whether the answer itself is about a session: that counts more."""
    return any(_is(SESSION, cookie) for cookie in response.headers.getlist("Set-Cookie"))


def _is(name: str, cookie: str) -> bool:
    return cookie.startswith(f"{name}=")


def _value(cookie: str) -> str:
    return cookie.partition(";")[0].partition("=")[2]


def _cookie(name: str) -> str:
    """Empty where it is nothing that may go into a header."""
    given = request.cookies.get(name, "")
    return given if TOKEN.fullmatch(given) else ""
