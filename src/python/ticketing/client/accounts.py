"""Signing up, in and out."""

from flask import Blueprint
from flask import Response
from flask import request
from flask.typing import ResponseReturnValue

from ticketing.client.notices import go_to
from ticketing.client.paths import own_path
from ticketing.client.visitor import Visitor
from ticketing.common.errors import Invalid
from ticketing.common.errors import Refused

accounts = Blueprint("accounts", __name__, url_prefix="/auth")


@accounts.route("/signup", methods=["GET", "POST"])
def sign_up() -> ResponseReturnValue:
    return _start_session("signup", "sign_up.html")


@accounts.route("/signin", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    return _start_session("signin", "sign_in.html")


@accounts.post("/signout")
def sign_out() -> ResponseReturnValue:
    return _with(Visitor().api.sign_out(), go_to("/", said="You are signed out."))


def _start_session(how: str, template: str) -> ResponseReturnValue:
    """The form, or, once it is filled in rightly, the page that the visitor came from."""
    visitor, then = Visitor(), own_path(request.values.get("next", ""))
    email, errors = request.form.get("email", ""), dict[str, str]()
    if request.method == "POST":
        try:
            password = request.form.get("password", "")
            return _with(visitor.api.start_session(how, email, password), go_to(then))
        except Invalid as invalid:
            errors = invalid.messages
        except Refused as refusal:
            errors = {"": str(refusal)}
    elif visitor.user is not None:
        return go_to(then)
    status = 400 if errors else 200
    return visitor.page(template, status, email=email, then=then, errors=errors)


def _with(cookies: list[str], response: Response) -> Response:
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie)
    return response
