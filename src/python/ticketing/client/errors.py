"""Failures as pages: each says what happened and what to do next."""

from contextlib import suppress

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from ticketing.client.notices import go_to
from ticketing.client.pages import page, plain_page
from ticketing.client.paths import sign_in_then, with_query
from ticketing.client.security import StaleFormError
from ticketing.client.visitor import Visitor, typed
from ticketing.common.core.errors import (
    Conflict,
    Failure,
    Invalid,
    NotAuthorized,
    NotFound,
    Refused,
    Unavailable,
)
from ticketing.common.core.logs import logger

log = logger(__name__)

MISSING = ("There is nothing here", "The address may be mistyped, or what was here is gone.")
FOREIGN = ("That is not yours", "It belongs to another account. Sign in with that one to see it.")
SIGNED_OUT = "You are not signed in any more. Sign in, and then do that once more."
AGAIN = "That did not get through. Please do it once more."
STALE = (
    "Please send that again",
    "The page was older than your session. Go back, reload it, and send the form once more.",
)
TOO_LONG = ("That text is too long", "What was sent is longer than any form here takes.")
SILENT = ("One moment, please", "A part of Ticketing gives no answer. Try again in a moment.")
BROKEN = ("Something went wrong", "It is our fault, and it has been noted. Try again in a moment.")


def init_app(app: Flask) -> None:
    """Answer every failure with a page."""
    app.register_error_handler(StaleFormError, lambda _: _page(403, *STALE))
    app.register_error_handler(Failure, _show_failure)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Exception, _show_fault)


def _show_failure(failure: Failure) -> Response:
    match failure:
        case NotAuthorized():
            return _sign_in_or_refuse()
        case NotFound():
            return _page(404, *MISSING)
        case Refused() | Conflict() | Invalid():
            return _page(400, "That did not work", f"{failure}.")
        case Unavailable():
            return _page(503, *SILENT)
    return _show_fault(failure)


def _sign_in_or_refuse() -> Response:
    """The API says 401 to strangers and to the wrong person alike; only strangers can sign in. If
    nothing but the token was refused, there is a new one by now, and the visitor asks again.
    """
    visitor, sent = Visitor(), request.method == "POST"
    try:
        stranger = visitor.user is None
    except Unavailable:
        return _page(503, *SILENT)
    if stranger:
        return go_to(sign_in_then(_way_back()), problem=SIGNED_OUT if sent else "")
    if visitor.is_known_anew:
        return go_to(_way_back(), problem=AGAIN if sent else "")
    return _page(403, *FOREIGN)


def _way_back() -> str:
    """The page to return to after signing in. A new listing's form gets what was typed; that of an
    edit does not, or a link could fill in another price for a ticket that is on sale.
    """
    if request.method == "GET":
        return request.full_path.removesuffix("?")
    if request.endpoint == "selling.list_ticket":
        return with_query(request.path, typed())
    if request.endpoint == "selling.edit":
        return request.path
    return request.path.rpartition("/")[0]


def _show_http_error(error: HTTPException) -> Response:
    match error.code:
        case 404 | 405:
            return _page(404, *MISSING)
        case 413:
            return _page(413, *TOO_LONG)
        case int(code) if code < 500:
            return _page(code, "That did not work", error.name)
    return _show_fault(error)


def _show_fault(error: Exception) -> Response:
    log.exception("request failed", method=request.method, path=request.path, exc_info=error)
    return _page(500, *BROKEN)


def _page(status: int, title: str, text: str) -> Response:
    visitor = Visitor()
    if status in (400, 403, 404):
        with suppress(Unavailable):
            return page(visitor, "error.html", status, title=title, text=text)
    return plain_page(visitor, "error.html", status, title=title, text=text)
