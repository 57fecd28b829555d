"""API keys: any key of Stripe's form is let in, as Bearer or as the user of Basic authentication.

A secret key (`sk_`) may do everything; a publishable one (`pk_`) what a buyer's browser does.
"""

import hashlib
from dataclasses import dataclass

from werkzeug.datastructures import Authorization

from ticketing.stripe_fake.errors import unauthorized


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who has the key, which is itself kept nowhere."""

    account: str
    publishable: bool


def holder(credentials: Authorization | None) -> Holder:
    key = _key(credentials)
    if not key:
        raise unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if not key.startswith(("sk_", "pk_")):
        raise unauthorized("Invalid API Key provided: a key starts with sk_ or pk_.")
    account = hashlib.sha256(key.encode()).hexdigest()[:16]
    return Holder(account=account, publishable=key.startswith("pk_"))


def _key(credentials: Authorization | None) -> str | None:
    if credentials is None:
        return None
    return credentials.token if credentials.type == "bearer" else credentials.username
