"""Who is looking at a page: the cookies and the CSRF token of the request, and the user."""

import hmac
import re
import secrets
from functools import cached_property
from typing import Any
from urllib.parse import quote

import jwt
from flask import Response
from flask import current_app
from flask import make_response
from flask import render_template
from flask import request

from ticketing.client.api import Api
from ticketing.client.api import User
from ticketing.client.notices import forget
from ticketing.client.notices import notice
from ticketing.client.paths import HOME
from ticketing.common.application import request_id
from ticketing.common.errors import NotAuthorized

SESSION, CSRF = "session", "XSRF-TOKEN"
_TOKEN = re.compile(r"[\w.-]+\Z", re.ASCII)


class Visitor:
    """The visitor of this request."""

    def __init__(self) -> None:
        known = _token_of_session() or request.cookies.get(CSRF)
        self._csrf_token = known or secrets.token_urlsafe(24)

    @cached_property
    def api(self) -> Api:
        """The API in this visitor's name."""
        return Api(current_app.extensions["services"], _forwarded())

    @cached_property
    def user(self) -> User | None:
        """Who is signed in."""
        return self.api.current_user()

    def must_be_signed_in(self) -> User:
        """The user; raises NotAuthorized."""
        if self.user is None:
            raise NotAuthorized
        return self.user

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """The page for this visitor, and the cookie that its forms' tokens must match."""
        response = self._page(template, status, {"user": self.user, **values})
        if self.user is not None:  # who goes back after signing out must not see it again
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def plain_page(self, template: str, status: int, **values: Any) -> Response:
        """A page that needs no other service: nobody is asked who the visitor is."""
        return self._page(template, status, {"user": None, "plain": True, **values})

    def _page(self, template: str, status: int, values: dict[str, Any]) -> Response:
        own = {"csrf_token": self._csrf_token, "coming_back": _coming_back(), "notice": notice()}
        response = make_response(render_template(template, **own, **values), status)
        forget(response)
        if self._csrf_token != request.cookies.get(CSRF):
            response.set_cookie(CSRF, self._csrf_token, secure=request.is_secure, samesite="Lax")
        return response


def form_is_ours() -> bool:
    """Whether the form sent the token that the visitor's cookie has.

    For a signed-in visitor the API asks more: the token must be the one that the session names.
    """
    sent, expected = request.form.get("csrf", ""), request.cookies.get(CSRF, "")
    return bool(expected) and hmac.compare_digest(sent.encode(), expected.encode())


def _token_of_session() -> str | None:
    """The CSRF token that the session names. Unverified: the API is who trusts it or does not."""
    try:
        session = jwt.decode(request.cookies.get(SESSION, ""), options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    token = str(session.get("csrf", ""))
    return token if _TOKEN.match(token) else None


def _coming_back() -> str:
    """The query that makes signing in lead back to this page."""
    here = request.full_path.removesuffix("?")
    leads_back = request.method == "GET" and here != HOME and not here.startswith("/auth/")
    return f"?next={quote(here, safe='')}" if leads_back else ""


def _forwarded() -> dict[str, str]:
    """What a service may know of this request. The CSRF token is the form's, never the cookie's:
    that is what makes it a proof.
    """
    headers = {
        "X-Request-ID": request_id(),
        "X-Forwarded-Proto": request.scheme,
        "X-Forwarded-For": request.remote_addr or "",
    }
    session, token = request.cookies.get(SESSION, ""), request.form.get("csrf", "")
    if _TOKEN.match(session):
        headers["Cookie"] = f"{SESSION}={session}"
    if _TOKEN.match(token):
        headers["X-XSRF-TOKEN"] = token
    return headers
