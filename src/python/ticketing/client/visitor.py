"""Who is visiting: the session and the CSRF token of the request, and the user they stand for."""

import hmac
import secrets
from functools import cached_property

from flask import current_app, request

from ticketing.client.api import Api
from ticketing.client.sessions import access_token, another_token, claims, own_cookies
from ticketing.client.syntax import TOKEN
from ticketing.client.views import User
from ticketing.common.core.errors import NotAuthorized
from ticketing.common.identity.access import CSRF, CSRF_HEADER, SESSION
from ticketing.common.web.application import request_id

MAX_KEY = 255


class Visitor:
    """The visitor of this request; `csrf_token` is what the forms on the next page carry.

    `is_known_anew` once their user is known by another token than the one that services refused.
    """

    def __init__(self) -> None:
        self.is_known_anew = False
        known = _token_of_session() or request.cookies.get(CSRF)
        self.csrf_token = known or secrets.token_urlsafe(24)

    @cached_property
    def api(self) -> Api:
        """The API in this visitor's name, whose session is renewed first if it is time."""
        token = access_token(_api().renew)
        return _api(f"{SESSION}={token}" if token else "")

    @cached_property
    def user(self) -> User | None:
        """Who is signed in, perhaps by another token than the one that came along: auth decides
        which are good, not their age alone.
        """
        user = self.api.current_user()
        token = "" if user else another_token(_api().renew)
        if token:
            self.api = _api(f"{SESSION}={token}")
            user = self.api.current_user()
            self.is_known_anew = user is not None
        return user

    def must_be_signed_in(self) -> User:
        """The user; raises NotAuthorized."""
        if self.user is None:
            raise NotAuthorized
        return self.user

    def sign_out(self) -> list[str]:
        """Returns the cookies to set. Nothing is renewed for it, and it needs no token that is
        good: whichever cookie auth knows ends the session.
        """
        return _api(own_cookies()).sign_out()


def form_is_ours() -> bool:
    """Whether the form sent the token that the visitor's cookie has.

    For a signed-in visitor the API asks more: the token must be the one that the session names.
    """
    sent, expected = request.form.get("csrf", ""), request.cookies.get(CSRF, "")
    return bool(expected) and hmac.compare_digest(sent.encode(), expected.encode())


def typed() -> dict[str, str]:
    """What the visitor typed into the form that was sent, by the names of its fields."""
    return {name: text for name, text in request.form.items() if name not in ("csrf", "key")}


def form_key() -> str | None:
    """The key of the form that was sent: it stands for what the visitor asked for, once."""
    key = request.form.get("key", "")
    return key if TOKEN.fullmatch(key) and len(key) <= MAX_KEY else None


def new_key() -> str:
    """A key for the forms of a page."""
    return secrets.token_urlsafe(24)


def _token_of_session() -> str | None:
    """The CSRF token that the session names."""
    token = str(claims().get("csrf", ""))
    return token if TOKEN.fullmatch(token) else None


def _api(cookie: str = "") -> Api:
    headers = _forwarded()
    return Api(current_app.extensions["services"], headers | ({"Cookie": cookie} if cookie else {}))


def _forwarded() -> dict[str, str]:
    """What a service may know of this request. The CSRF token is the form's, never the cookie's:
    that is what makes it a proof.
    """
    headers = {
        "X-Request-ID": request_id(),
        "X-Forwarded-Proto": request.scheme,
        "X-Forwarded-For": request.remote_addr or "",
    }
    token = request.form.get("csrf", "")
    if TOKEN.fullmatch(token):
        headers[CSRF_HEADER] = token
    return headers
