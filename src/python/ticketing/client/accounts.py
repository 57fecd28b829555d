"""Signing up, in and out."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ticketing.client.notices import go_to
from ticketing.client.pages import page
from ticketing.client.paths import own_path
from ticketing.client.sessions import with_cookies
from ticketing.client.visitor import Visitor, form_key
from ticketing.common.core.errors import Invalid, Refused

accounts = Blueprint("accounts", __name__, url_prefix="/auth")


@accounts.route("/signup", methods=["GET", "POST"])
def sign_up() -> ResponseReturnValue:
    visitor = Visitor()
    start = partial(visitor.api.sign_up, key=form_key())
    return _start_session(visitor, start, "sign_up.html")


@accounts.route("/signin", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    visitor = Visitor()
    return _start_session(visitor, visitor.api.sign_in, "sign_in.html")


@accounts.post("/signout")
def sign_out() -> ResponseReturnValue:
    return with_cookies(Visitor().sign_out(), go_to("/", said="You are signed out."))


def _start_session(
    visitor: Visitor, start: Callable[[str, str], list[str]], template: str
) -> ResponseReturnValue:
    """The form, or, once it is filled in rightly, the page that the visitor came from."""
    then = own_path(request.values.get("next", ""))
    email, errors = request.form.get("email", ""), dict[str, str]()
    if request.method == "POST":
        try:
            cookies = start(email, request.form.get("password", ""))
            return with_cookies(cookies, go_to(then))
        except Invalid as invalid:
            errors = invalid.messages
        except Refused as refusal:
            errors = {"": str(refusal)}
    elif visitor.user is not None:
        return go_to(then)
    status = 400 if errors else 200
    return page(visitor, template, status, email=email, then=then, errors=errors)
