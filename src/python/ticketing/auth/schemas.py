"""What clients send and get about accounts."""

from typing import Annotated, Any, Literal

from marshmallow import Schema, ValidationError, validate, validates
from msgspec import Meta

from ticketing.auth.email_addresses import normalized
from ticketing.auth.model import User
from ticketing.auth.passwords import LONGEST, SHORTEST, WRONG_LENGTH, broken_rule
from ticketing.common.identity.tokens import User as SignedIn
from ticketing.common.web.schemas import text
from ticketing.common.web.views import Id, View

EXAMPLE_EMAIL = "ann@example.com"
EXAMPLE_PASSWORD = "three blue bicycles"

CURRENT = "currentPassword"
NO_EMAIL = "Email must be valid"


class _NewPassword(Schema):
    password = text(
        WRONG_LENGTH,
        trim=False,
        shape={
            "minLength": SHORTEST,
            "maxLength": LONGEST,
            "description": "Counted in NFC. Not one of the commonest, without control characters.",
        },
    )

    @validates("password")
    def _keeps_the_rules(self, password: str, **_: Any) -> None:
        if broken := broken_rule(password):
            raise ValidationError(broken)


class _Account(Schema):
    email = text(NO_EMAIL, form=normalized, example=EXAMPLE_EMAIL, shape={"format": "email"})


class NewAccount(_Account, _NewPassword):
    """An e-mail address and a new password."""


class NewEmail(_Account):
    """Another e-mail address, and the password that proves who asks."""

    current_password = text(
        "You must supply a password", validate.Length(min=1), key=CURRENT, trim=False
    )


class NewPassword(_NewPassword):
    """Another password, and the one that proves who asks."""

    current_password = text(
        "You must supply a password", validate.Length(min=1), key=CURRENT, trim=False
    )


class Credentials(_Account):
    """An e-mail address and its password, whatever that is."""

    password = text(
        "You must supply a password",
        validate.Length(min=1),
        trim=False,
        example=EXAMPLE_PASSWORD,
    )


class Account(View, frozen=True):
    """An account, as its owner gets it."""

    email: Annotated[str, Meta(examples=[EXAMPLE_EMAIL])]
    id: Id


class CurrentUser(View, frozen=True):
    """An account, and when its access token was made."""

    id: Id
    email: Annotated[str, Meta(examples=[EXAMPLE_EMAIL])]
    iat: Annotated[int, Meta(description="Seconds since 1970.", examples=[1769860800])]


class WhoIsThere(View, frozen=True):
    """Who asks; null where nobody is signed in."""

    current_user: CurrentUser | None


class PublicKey(View, frozen=True):
    """A key by which access tokens can be checked: a JWK of RFC 8037."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, Meta(examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"])]
    kid: Annotated[str, Meta(examples=["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"])]
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class PublicKeys(View, frozen=True):
    """None where tokens are checked by a secret."""

    keys: list[PublicKey]


class Nothing(View, frozen=True):
    """It is done."""


def account_view(user: User) -> Account:
    """The account as its owner gets it."""
    return Account(email=user.email, id=user.id)


def who_is_there(user: SignedIn | None) -> WhoIsThere:
    """Who is signed in; `iat` is when, in seconds since 1970."""
    if user is None:
        return WhoIsThere(current_user=None)
    return WhoIsThere(current_user=CurrentUser(id=user.id, email=user.email, iat=user.issued_at))
