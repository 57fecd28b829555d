"""Idempotency-Key: a POST that creates is carried out once, and its answer is given again."""

from collections.abc import Callable
from functools import wraps

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user

from ticketing.common.core.errors import Invalid
from ticketing.common.storage.keys import Answer, Claim, Keys
from ticketing.common.web.bodies import json_object

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
ANYONE = ""
"""The owner of keys of those who need not be signed in."""
EXTENSION = "idempotency"
"""Where the application has its Keys."""
_MAX_KEY = 255
_TRY_AGAIN = (404, 409)
"""Answers that may be another soon: what is not found may not have been heard of yet."""


def answer_once(
    owner: Callable[[], str], view: Callable[[str | None], ResponseReturnValue]
) -> Response:
    """The answer of `view` to this request, or where its key had an answer, that one again.

    The view gets the id under which to make the thing, None without a key. What exists under it
    already is what an earlier try has made. An answer that says to try again is not kept.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return current_app.make_response(view(None))
    if not (0 < len(key) <= _MAX_KEY and key.isascii() and key.isprintable()):
        raise Invalid({"": f"{HEADER} must be 1 to {_MAX_KEY} printable ASCII characters"})
    if request.is_json:
        json_object()  # what is malformed stands for nothing, and is refused without its key
    keys: Keys = current_app.extensions[EXTENSION]
    asked = f"{request.method} {request.path}\n".encode() + request.get_data()
    claimed = keys.claim(f"{owner()}:{key}", asked)
    return _again(claimed) if isinstance(claimed, Answer) else _carry_out(keys, claimed, view)


def idempotent(
    view: Callable[[str | None], ResponseReturnValue],
) -> Callable[[], Response]:
    """Decorator below `signed_in`: the view is answered once for a user's key, as `answer_once`."""

    @wraps(view)
    def answered() -> Response:
        return answer_once(lambda: str(current_user.id), view)

    return answered


def _carry_out(keys: Keys, claim: Claim, view: Callable[[str], ResponseReturnValue]) -> Response:
    try:
        response = current_app.make_response(view(claim.resource_id))
    except Exception as error:  # its answer is an answer, too
        response = current_app.make_response(current_app.handle_user_exception(error))
    if response.status_code >= 500 or response.status_code in _TRY_AGAIN:
        keys.release(claim)
        return response
    body, etag = response.get_data(as_text=True), response.headers.get("ETag", "")
    given = Answer(status=response.status_code, body=body, etag=etag)
    counts = keys.keep(claim, given)
    return response if counts is given else _again(counts)


def _again(answer: Answer) -> Response:
    headers = {REPLAYED: "true"} | ({"ETag": answer.etag} if answer.etag else {})
    return Response(answer.body, answer.status, headers, mimetype="application/json")
