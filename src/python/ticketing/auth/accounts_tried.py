"""Which account a request tries to get into, so that tries can be limited."""

import hashlib

from flask import request

from ticketing.auth.email_addresses import normalized
from ticketing.common.web.routes import json_object


def by_email() -> str | None:
    """The e-mail address in the body, as a hash: whoever reads the counts learns no address. None
    where it is no address: then no password is checked.
    """
    email = json_object().get("email") if request.is_json else None
    if not isinstance(email, str):
        return None
    try:
        return hashlib.sha256(normalized(email).encode()).hexdigest()[:32]
    except ValueError:
        return None
