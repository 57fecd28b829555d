"""What schemathesis calls while it asks: who is signed in, what is a failure, what is counted."""

import atexit
import itertools
import json
import os
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import schemathesis

from ticketing.auth.passwords import HAS_CONTROLS, TOO_COMMON
from ticketing.auth.schemas import NO_EMAIL
from ticketing.common.core.errors import Invalid
from ticketing.common.web.idempotency import BadKey
from ticketing.common.web.openapi_answers import NO_BODY
from ticketing.fuzz.asking import COUNTS, NOBODY, URL
from ticketing.fuzz.people import PASSWORD, People

FORM = {kind.code() for kind in (*NO_BODY, BadKey)}
"""Of what was sent, of which the document can say all."""
BEYOND = {NO_EMAIL, TOO_COMMON, HAS_CONTROLS}
"""Sentences about the form of a field, of which the document can say a part only."""

_people = People(os.environ[URL])
_counts: Counter[str] = Counter()
_counting = threading.Lock()
_turns = itertools.count()
_BETTER: dict[str, Callable[[str], str]] = {
    "currentPassword": lambda _: PASSWORD,
    "password": lambda text: "".join(char if char.isprintable() else "x" for char in text),
}


class SignedIn:
    """A bearer token of the person who has business with the route."""

    def get(self, case: Any, context: Any) -> str:
        """The token."""
        return _people.token_for(context.operation.path)

    def set(self, case: Any, token: str, context: Any) -> None:
        """Send it along."""
        case.headers["Authorization"] = f"Bearer {token}"


if not os.environ.get(NOBODY):
    schemathesis.auth(refresh_interval=None)(SignedIn)


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Every second time who changes an address or a password knows the current one, and new ones
    are as long without control characters; what is no password by its form stays, for it has to be
    refused.
    """
    if not isinstance(body, dict) or next(_turns) % 2:
        return body
    typed = {name: body[name] for name in _BETTER if isinstance(body.get(name), str) and body[name]}
    return {**body, **{name: _BETTER[name](text) for name, text in typed.items()}}


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Whether it is one: no document can say which tickets are for sale, or which cards good."""
    match type(failure).__name__:
        case "RejectedPositiveData":
            return not _refused(response)
        case "UnsupportedMethodResponse":
            # 404 as of every path that nobody has; to other methods /tickets/mine is an id.
            return response.status_code not in (400, 401, 404)
        case "UseAfterFree":
            # An order that was deleted is still shown, as cancelled; 304 to who has seen it.
            shown = response.status_code == 200 and _is_cancelled(response.json())
            return not (shown or response.status_code == 304)
    return True


def _is_cancelled(shown: Any) -> bool:
    return isinstance(shown, dict) and shown.get("status") == "cancelled"


def _refused(response: Any) -> bool:
    """By a rule about what there is, not about the form of what was sent."""
    if response.status_code in (412, 422):
        return True
    errors = response.json().get("errors", []) if response.status_code == 400 else []
    return any(_is_of_what_there_is(error) for error in errors)


def _is_of_what_there_is(error: Any) -> bool:
    if error["code"] != Invalid.code():
        return error["code"] not in FORM
    return error["field"] == "cursor" or error["message"] in BEYOND


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count the answers of each route by their status."""
    with _counting:
        _counts[
            f"{case.operation.method.upper()} {case.operation.path} {response.status_code}"
        ] += 1


@atexit.register
def _leave_counts() -> None:
    Path(os.environ[COUNTS]).write_text(json.dumps(_counts))
