"""Pages as they are sent: a template, what every page has, and the cookie that its forms need."""

from typing import Any
from urllib.parse import quote

from flask import Response, make_response, render_template, request

from ticketing.client.notices import forget, notice
from ticketing.client.paths import HOME, asked, with_query
from ticketing.client.views import Listing
from ticketing.client.visitor import Visitor, new_key
from ticketing.common.identity.access import CSRF


def page(visitor: Visitor, template: str, status: int = 200, **values: Any) -> Response:
    """The page for this visitor, and the cookie that its forms' tokens must match."""
    response = _page(visitor, template, status, {"user": visitor.user, **values})
    if visitor.user is not None:  # who goes back after signing out must not see it again
        response.headers["Cache-Control"] = "private, no-store"
    return response


def plain_page(visitor: Visitor, template: str, status: int, **values: Any) -> Response:
    """A page that needs no other service: nobody is asked who the visitor is."""
    return _page(visitor, template, status, {"user": None, "plain": True, **values})


def turning(
    path: str, listing: Listing[Any], search: dict[str, str] | None = None
) -> dict[str, Any]:
    """What the template of a list needs to lead to its next page and to its first."""
    following = {**(search or {}), "cursor": listing.next or ""}
    return {
        "next": listing.next and with_query(path, following),
        "first": None if not asked("cursor") else with_query(path, search or {}),
    }


def _page(visitor: Visitor, template: str, status: int, values: dict[str, Any]) -> Response:
    token = visitor.csrf_token
    own = {
        "csrf_token": token,
        "form_key": new_key(),
        "coming_back": _coming_back(),
        "notice": notice(),
    }
    response = make_response(render_template(template, **{**own, **values}), status)
    forget(response)
    if token != request.cookies.get(CSRF):
        response.set_cookie(CSRF, token, samesite="Lax")
    return response


def _coming_back() -> str:
    """The query that makes signing in lead back to this page."""
    here = request.full_path.removesuffix("?")
    leads_back = request.method == "GET" and here != HOME and not here.startswith("/auth/")
    return f"?next={quote(here, safe='')}" if leads_back else ""
