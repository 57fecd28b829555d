"""What clients send and get about accounts."""

from typing import Any

from marshmallow import Schema
from marshmallow import post_load
from marshmallow import validate

from ticketing.auth.model import User
from ticketing.common.identity import User as SignedIn
from ticketing.common.schemas import text


class _Account(Schema):
    email = text("Email must be valid", validate.Email(), validate.Length(max=254))

    @post_load
    def _lower_email(self, account: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**account, "email": account["email"].lower()}


class NewAccount(_Account):
    """An e-mail address and a new password."""

    password = text(
        "Password must be between 8 and 128 characters", validate.Length(8, 128), trim=False
    )


class Credentials(_Account):
    """An e-mail address and its password, whatever that is."""

    password = text("You must supply a password", validate.Length(min=1), trim=False)


def account_view(user: User) -> dict[str, str]:
    """The account as its owner gets it."""
    return {"email": user.email, "id": user.id}


def current_user_view(user: SignedIn | None) -> dict[str, Any]:
    """Who is signed in; `iat` is when, in seconds since 1970."""
    if user is None:
        return {"currentUser": None}
    return {"currentUser": {"id": user.id, "email": user.email, "iat": user.issued_at}}
