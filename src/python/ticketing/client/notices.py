"""A sentence that waits for the visitor's next page: what a form has done, or why it has not.

A form is always answered by leading on to a page of its own address, so that the page can be
reloaded, gone back to and kept up to date, and nothing is sent twice.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from flask import Response, make_response, redirect, request

COOKIE = "notice"
_GOOD, _BAD = "+", "-"


@dataclass(frozen=True)
class Notice:
    """What to say, and whether it is a problem."""

    text: str
    is_problem: bool


def go_to(path: str, *, said: str = "", problem: str = "") -> Response:
    """Have the browser GET a page of ours, which then says this."""
    response = make_response(redirect(path, 303))
    if said or problem:
        text = quote(f"{_BAD if problem else _GOOD}{problem or said}")
        response.set_cookie(COOKIE, text, 60, httponly=True, samesite="Lax")
    return response


def notice() -> Notice | None:
    """What the last form left to be said."""
    text = unquote(request.cookies.get(COOKIE, ""))
    return Notice(text[1:], text[0] == _BAD) if text else None


def forget(response: Response) -> None:
    """It has been said."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
