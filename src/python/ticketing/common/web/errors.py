"""Failures as answers: the status of each kind, and the entries that say what is wrong."""

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from ticketing.common.core.errors import (
    Changed,
    Conflict,
    Failure,
    Invalid,
    NotAuthorized,
    NotFound,
    NotYet,
    Refused,
    Unavailable,
)
from ticketing.common.core.logs import logger
from ticketing.common.web.idempotency import KeyReused, StillRunning
from ticketing.common.web.routes import told
from ticketing.common.web.views import ErrorEntry, Errors

log = logger(__name__)


class BodyTooLong(Failure):
    """Over MAX_BODY."""

    sentence = "The body must not be over 64 KiB"


class InternalError(Failure):
    """A fault of ours, of which nobody is told more."""

    sentence = "Something went wrong"


class TooManyRequests(Failure):
    """A limit is reached, for so many `seconds`."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"Too many requests, try again in {seconds} seconds")


_STATUS: dict[type[Failure], int] = {
    Refused: 400,
    Invalid: 400,
    NotAuthorized: 401,
    NotFound: 404,
    Conflict: 409,
    StillRunning: 409,
    Changed: 412,
    BodyTooLong: 413,
    KeyReused: 422,
    TooManyRequests: 429,
    InternalError: 500,
    Unavailable: 503,
}


def init_errors(app: Flask) -> None:
    """Answer every failure in the envelope of the contract."""
    app.register_error_handler(Exception, _reply_to_error)


def envelope(failure: Failure) -> Errors:
    """What the answer to it holds."""
    if isinstance(failure, Invalid):
        entries = [_entry(failure, text, field) for field, text in failure.messages.items()]
        return Errors(errors=entries)
    return Errors(errors=[_entry(failure, str(failure), failure.field)])


def answer_to(failure: Failure) -> Response:
    """The envelope, with the status of this kind of failure."""
    status = next(code for kind, code in _STATUS.items() if isinstance(failure, kind))
    return told(envelope(failure), status)


def _entry(failure: Failure, message: str, field: str) -> ErrorEntry:
    return ErrorEntry(code=failure.code(), message=message, field=field or msgspec.UNSET)


def _reply_to_error(error: Exception) -> Response:
    match error:
        case Conflict() | NotYet():  # what they say is for our logs
            return answer_to(Conflict())
        case Failure():
            return answer_to(error)
        case RequestEntityTooLarge():
            return answer_to(BodyTooLong())
        case MethodNotAllowed() | HTTPException(code=404):
            return answer_to(NotFound())
        case HTTPException(code=int(status), name=name) if status < 500:
            entry = ErrorEntry(code=name.lower().replace(" ", "_"), message=name)
            return told(Errors(errors=[entry]), status)
    log.exception("request failed", method=request.method, path=request.path, exc_info=error)
    return answer_to(InternalError())
