"""Which account a request tries to get into, so that tries can be limited."""

import hashlib

from flask import request


def by_email() -> str | None:
    """The e-mail address in the body, as a hash: whoever reads the counts learns no address."""
    body = request.get_json(silent=True)
    email = body.get("email") if isinstance(body, dict) else None
    if not isinstance(email, str):
        return None
    known_as = email.strip().lower().encode(errors="replace")
    return hashlib.sha256(known_as).hexdigest()[:32]
