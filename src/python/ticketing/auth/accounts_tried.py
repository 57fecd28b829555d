"""Which account a request tries to get into, so that tries can be limited."""

import hashlib

from flask import request

from ticketing.common.bodies import json_object


def by_email() -> str | None:
    """The e-mail address in the body, as a hash: whoever reads the counts learns no address."""
    email = json_object().get("email") if request.is_json else None
    if not isinstance(email, str):
        return None
    known_as = email.strip().lower().encode(errors="replace")
    return hashlib.sha256(known_as).hexdigest()[:32]
