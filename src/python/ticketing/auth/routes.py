"""HTTP for accounts."""

import msgspec
from flask import Response, current_app, make_response
from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user

from ticketing.auth import model
from ticketing.auth.accounts_tried import by_email
from ticketing.auth.model import EmailInUse, InvalidCredentials, WrongPassword
from ticketing.auth.passwords import HAS_CONTROLS, TOO_COMMON
from ticketing.auth.schemas import (
    Account,
    Credentials,
    NewAccount,
    NewEmail,
    NewPassword,
    Nothing,
    PublicKeys,
    WhoIsThere,
    account_view,
    who_is_there,
)
from ticketing.auth.service import Accounts
from ticketing.auth.session_cookies import (
    end_session,
    named_session,
    public_keys,
    refresh_token,
    start_session,
)
from ticketing.common.core.errors import Invalid, NotAuthorized
from ticketing.common.identity.access import signed_in, user_if_signed_in
from ticketing.common.web.idempotency import ANYONE, answer_once
from ticketing.common.web.limits import by_address, by_user, limited
from ticketing.common.web.operation import Operation, Who
from ticketing.common.web.routes import Routes, body, told

users = Routes[Accounts]("users", __name__, url_prefix="/api/users")

new_account = NewAccount()
credentials = Credentials()
new_email = NewEmail()
new_password = NewPassword()

UNFIT = [Invalid({"password": text}) for text in (TOO_COMMON, HAS_CONTROLS)]
SET = "`session` (the access token), `refresh` and `XSRF-TOKEN`."
CLEARED = "`session`, `refresh` and `XSRF-TOKEN`, cleared."


@users.after_request
def keep_nowhere(response: Response) -> Response:
    """What tells of accounts and sessions is stored by no browser, not even to be asked about."""
    response.headers["Cache-Control"] = "no-store"
    return response


@users.post("/signup")
@Operation(
    "Sign up, and start a session",
    answers={201: Account},
    who=Who.ANYONE,
    body=new_account,
    refusals=[EmailInUse, *UNFIT],
    keyed=True,
    cookies=SET,
)
@limited("sign_ups_per_address", by_address)
def sign_up() -> ResponseReturnValue:
    """A session is started for an answer that is given again, too: none is ever kept."""
    reply = answer_once(lambda: ANYONE, _sign_up)
    if reply.status_code != 201:
        return reply
    granted = users.use_cases.sessions.start_first(reply.get_json()["id"])
    return start_session(reply, granted) if granted else reply


def _sign_up(id: str | None) -> ResponseReturnValue:
    user = users.use_cases.sign_up(**body(new_account), id=id)
    return told(account_view(user), 201)


@users.post("/signin")
@Operation(
    "Sign in: start a session",
    answers={200: Account},
    who=Who.ANYONE,
    body=credentials,
    refusals=[InvalidCredentials],
    fails=[409],
    cookies=SET,
)
@limited("sign_ins_per_address", by_address)
@limited("sign_ins_per_account", by_email)
def sign_in() -> ResponseReturnValue:
    """Ends the session that the browser had: nothing could renew or end that one any more."""
    account = users.use_cases.sign_in(**body(credentials))
    users.use_cases.sessions.end_by(refresh_token())
    return _in_new_session(account)


@users.put("/email")
@Operation(
    "Change one's own e-mail address; ends all other sessions",
    answers={200: Account},
    body=new_email,
    refusals=[EmailInUse, WrongPassword],
    fails=[409],
    cookies=SET,
)
@limited("password_checks_per_user", by_user)
@signed_in
def change_email() -> ResponseReturnValue:
    return _in_new_session(users.use_cases.change_email(current_user.id, **body(new_email)))


@users.put("/password")
@Operation(
    "Change one's own password; ends all other sessions",
    answers={200: Account},
    body=new_password,
    refusals=[*UNFIT, WrongPassword],
    fails=[409],
    cookies=SET,
)
@limited("password_checks_per_user", by_user)
@signed_in
def change_password() -> ResponseReturnValue:
    changed = users.use_cases.change_password(current_user.id, **body(new_password))
    return _in_new_session(changed)


def _in_new_session(account: model.User) -> ResponseReturnValue:
    """The account, for who has just proved to be its owner."""
    return start_session(told(account_view(account)), users.use_cases.sessions.start(account))


@users.post("/renew")
@Operation(
    "Have a new access token for the cookie `refresh`, which is renewed, too",
    answers={200: Nothing},
    details="401 where the session is over.",
    who=Who.ANYONE,
    fails=[401, 409],
    cookies=SET,
)
def renew() -> ResponseReturnValue:
    """No page needs to prove that it sent this: whoever makes a browser ask learns nothing, changes
    nothing, and the cookie goes along with posts of our own pages only (SameSite).
    """
    try:
        granted = users.use_cases.sessions.renew(refresh_token())
    except NotAuthorized as over:
        return end_session(make_response(current_app.handle_user_exception(over)))
    return start_session(told(Nothing()), granted)


@users.post("/signout")
@Operation(
    "Sign out: end the session, everywhere within seconds",
    answers={200: Nothing},
    who=Who.ANYONE,
    fails=[409],
    cookies=CLEARED,
)
def sign_out() -> ResponseReturnValue:
    """Like renewing, it needs no proof: other sites' posts come without cookies (SameSite)."""
    sessions = users.use_cases.sessions
    if session_id := named_session():
        sessions.end(session_id)
    sessions.end_by(refresh_token())
    return end_session(told(Nothing()))


@users.post("/signout/everywhere")
@Operation("End all of one's own sessions", answers={200: Nothing}, fails=[409], cookies=CLEARED)
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    users.use_cases.sessions.end_all(current_user.id)
    return end_session(told(Nothing()))


@users.get("/currentuser")
@Operation("Who is signed in", answers={200: WhoIsThere}, who=Who.ANYONE)
def show_current_user() -> ResponseReturnValue:
    return told(who_is_there(user_if_signed_in()))


@users.get("/keys")
@Operation("Public keys of access tokens: a JWK set", answers={200: PublicKeys}, who=Who.ANYONE)
def show_keys() -> ResponseReturnValue:
    return told(msgspec.convert({"keys": public_keys()}, PublicKeys))
