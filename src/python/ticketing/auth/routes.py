"""HTTP for accounts."""

from flask import Blueprint
from flask import jsonify
from flask import make_response
from flask.typing import ResponseReturnValue

from ticketing.auth.schemas import Credentials
from ticketing.auth.schemas import NewAccount
from ticketing.auth.schemas import account_view
from ticketing.auth.schemas import current_user_view
from ticketing.auth.service import Accounts
from ticketing.common.idempotency import ANYONE
from ticketing.common.idempotency import answer_once
from ticketing.common.identity import current_user
from ticketing.common.identity import end_session
from ticketing.common.identity import start_session
from ticketing.common.web import body
from ticketing.common.web import use_cases

users = Blueprint("users", __name__, url_prefix="/api/users")

new_account = NewAccount()
credentials = Credentials()


@users.post("/signup")
def sign_up() -> ResponseReturnValue:
    """A session is started for an answer that is given again, too: none is ever kept."""
    reply = answer_once(ANYONE, _sign_up)
    if reply.status_code != 201:
        return reply
    account = reply.get_json()
    return start_session(reply, account["id"], account["email"])


def _sign_up(id: str | None) -> ResponseReturnValue:
    user = use_cases(Accounts).sign_up(**body(new_account), id=id)
    return account_view(user), 201


@users.post("/signin")
def sign_in() -> ResponseReturnValue:
    user = use_cases(Accounts).sign_in(**body(credentials))
    reply = make_response(account_view(user), 200)
    return start_session(reply, user.id, user.email)


@users.post("/signout")
def sign_out() -> ResponseReturnValue:
    return end_session(jsonify({}))


@users.get("/currentuser")
def show_current_user() -> ResponseReturnValue:
    return current_user_view(current_user())
