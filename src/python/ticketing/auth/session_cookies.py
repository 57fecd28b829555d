"""The cookies of a session: set, cleared, and read where an answer does not depend on who asks."""

from typing import Any

from flask import Response, current_app, request
from flask_jwt_extended import (
    create_access_token,
    decode_token,
    set_access_cookies,
    unset_access_cookies,
)

from ticketing.auth.sessions import SessionGrant
from ticketing.common.identity.access import BAD_TOKEN, REFRESH, SESSION, bearer
from ticketing.common.identity.token_keys import LocalKeys
from ticketing.common.identity.tokens import TokenManager


def named_session() -> str | None:
    """The id of the session whose token came along, meant or not: good for ending it, no more."""
    try:
        given = bearer()
        token = request.cookies.get(SESSION, "") if given is None else given
        return str(decode_token(token)["sid"])
    except BAD_TOKEN:
        return None


def public_keys() -> list[dict[str, Any]]:
    """What others may verify this application's tokens by: members of a JWK set."""
    manager: TokenManager = current_app.extensions["flask-jwt-extended"]
    return manager.keys.public() if isinstance(manager.keys, LocalKeys) else []


def refresh_token() -> str:
    """What came along to renew a session by; empty where nothing did."""
    return request.cookies.get(REFRESH, "")


def start_session(response: Response, grant: SessionGrant) -> Response:
    """Put the tokens into the response's cookies, in place of what an older session left."""
    token = create_access_token(
        grant.user_id, expires_delta=grant.lifetime, additional_claims=grant.claims
    )
    set_access_cookies(response, token)
    response.set_cookie(REFRESH, grant.refresh, httponly=True, samesite="Lax")
    return response


def end_session(response: Response) -> Response:
    """Clear the cookies of the session."""
    unset_access_cookies(response)
    response.delete_cookie(REFRESH, httponly=True, samesite="Lax")
    return response
