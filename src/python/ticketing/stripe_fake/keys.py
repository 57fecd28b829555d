"""API keys: any secret key is let in, as Bearer or as the user name of Basic authentication."""

import hashlib

from werkzeug.datastructures import Authorization

from ticketing.stripe_fake.errors import unauthorized


def account(credentials: Authorization | None) -> str:
    """A name for the holder of the key, which is itself kept nowhere."""
    key = _key(credentials)
    if not key:
        raise unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if not key.startswith("sk_"):
        raise unauthorized("Invalid API Key provided: a secret key starts with sk_.")
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _key(credentials: Authorization | None) -> str | None:
    if credentials is None:
        return None
    return credentials.token if credentials.type == "bearer" else credentials.username
