"""HTTP for accounts."""

from flask import Blueprint
from flask import current_app
from flask import jsonify
from flask import make_response
from flask.typing import ResponseReturnValue

from ticketing.auth.schemas import Credentials
from ticketing.auth.schemas import NewAccount
from ticketing.auth.schemas import account_view
from ticketing.auth.schemas import current_user_view
from ticketing.auth.service import Accounts
from ticketing.common.errors import NotAuthorized
from ticketing.common.idempotency import ANYONE
from ticketing.common.idempotency import answer_once
from ticketing.common.identity import User
from ticketing.common.identity import current_user
from ticketing.common.identity import end_session
from ticketing.common.identity import named_session
from ticketing.common.identity import refresh_token
from ticketing.common.identity import signed_in
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
    granted = use_cases(Accounts).sessions.start_first(reply.get_json()["id"])
    return start_session(reply, granted) if granted else reply


def _sign_up(id: str | None) -> ResponseReturnValue:
    user = use_cases(Accounts).sign_up(**body(new_account), id=id)
    return account_view(user), 201


@users.post("/signin")
def sign_in() -> ResponseReturnValue:
    user = use_cases(Accounts).sign_in(**body(credentials))
    reply = make_response(account_view(user), 200)
    return start_session(reply, use_cases(Accounts).sessions.start(user))


@users.post("/renew")
def renew() -> ResponseReturnValue:
    """No page needs to prove that it sent this: whoever makes a browser ask learns nothing, changes
    nothing, and the cookie goes along with posts of our own pages only (SameSite).
    """
    try:
        granted = use_cases(Accounts).sessions.renew(refresh_token())
    except NotAuthorized as over:
        return end_session(make_response(current_app.handle_user_exception(over)))
    return start_session(jsonify({}), granted)


@users.post("/signout")
def sign_out() -> ResponseReturnValue:
    """Like renewing, it needs no proof: other sites' posts come without cookies (SameSite)."""
    sessions = use_cases(Accounts).sessions
    if session_id := named_session():
        sessions.end(session_id)
    sessions.end_by(refresh_token())
    return end_session(jsonify({}))


@users.post("/signout/everywhere")
@signed_in
def sign_out_everywhere(user: User) -> ResponseReturnValue:
    use_cases(Accounts).sessions.end_all(user.id)
    return end_session(jsonify({}))


@users.get("/currentuser")
def show_current_user() -> ResponseReturnValue:
    return current_user_view(current_user())


@users.get("/keys")
def show_keys() -> ResponseReturnValue:
    """What the other services check tokens by, where they do not share a secret."""
    return jsonify({"keys": use_cases(Accounts).sessions.public_keys()})
