"""The visitor's own account: what they sign in with, and where they are signed in."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ticketing.client.notices import go_to
from ticketing.client.pages import page
from ticketing.client.sessions import with_cookies
from ticketing.client.visitor import Visitor
from ticketing.common.core.errors import Conflict, Invalid, Refused

account = Blueprint("account", __name__, url_prefix="/account")

ELSEWHERE = "You are signed out everywhere else."


@account.get("")
def show() -> ResponseReturnValue:
    visitor = Visitor()
    visitor.must_be_signed_in()
    return _page(visitor)


@account.post("/email")
def change_email() -> ResponseReturnValue:
    visitor = Visitor()
    change = visitor.api.change_email
    return _change(visitor, "email", change, f"Your e-mail address is changed. {ELSEWHERE}")


@account.post("/password")
def change_password() -> ResponseReturnValue:
    visitor = Visitor()
    change = visitor.api.change_password
    return _change(visitor, "password", change, f"Your password is changed. {ELSEWHERE}")


@account.post("/signout")
def sign_out_everywhere() -> ResponseReturnValue:
    cookies = Visitor().api.sign_out_everywhere()
    return with_cookies(cookies, go_to("/", said="You are signed out everywhere."))


def _change(
    visitor: Visitor, what: str, change: Callable[[str, str], list[str]], said: str
) -> ResponseReturnValue:
    """Change it, or show the form again with what is wrong in it."""
    new, current = request.form.get(what, ""), request.form.get("currentPassword", "")
    try:
        return with_cookies(change(new, current), go_to("/account", said=said))
    except (Refused, Conflict) as refusal:
        return _page(visitor, {what: {"": str(refusal)}})
    except Invalid as invalid:
        return _page(visitor, {what: invalid.messages})


def _page(visitor: Visitor, errors: dict[str, dict[str, str]] | None = None) -> ResponseReturnValue:
    status = 400 if errors else 200
    typed = request.form.get("email", "")
    return page(visitor, "account.html", status, email=typed, errors=errors or {})
