"""The Flask application around a service's routes: JSON in and out, and the table of errors."""

from typing import Any, TypeVar, cast

import msgspec
from flask import Flask, Response, current_app, request
from flask.json.provider import JSONProvider
from flask.typing import ResponseReturnValue
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
from ticketing.common.identity.access import init_identity
from ticketing.common.runtime.service import Service
from ticketing.common.storage.keys import COLLECTION, Keys, OtherRequest, StillRunning
from ticketing.common.web.application import application
from ticketing.common.web.bodies import MAX_BODY
from ticketing.common.web.idempotency import EXTENSION
from ticketing.common.web.limits import init_limits
from ticketing.common.web.openapi import publish
from ticketing.common.web.settings import ServiceSettings

log = logger(__name__)

T = TypeVar("T")
U = TypeVar("U")

_STATUS: dict[type[Failure], int] = {
    Refused: 400,
    NotAuthorized: 401,
    NotFound: 404,
    Conflict: 409,
    NotYet: 409,
    StillRunning: 409,
    Changed: 412,
    OtherRequest: 422,
    Unavailable: 503,
}


def create_app(service: Service[U]) -> Flask:
    """The WSGI application of a service that has routes."""
    assert isinstance(service.settings, ServiceSettings)
    assert service.routes is not None
    app = application(service.name, service.web_checks(), service.settings)
    app.json = MsgspecProvider(app)
    # One more: a chunked body is cut at the limit, and must not pass for one that ends there.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY + 1
    app.extensions["use_cases"] = service.use_cases
    if service.database is not None:
        app.extensions[EXTENSION] = Keys(service.database[COLLECTION], service.secrets())
    init_identity(app, service.token_keys, service.revocations)
    app.register_blueprint(service.routes)
    publish(app, service.name, f"{service.routes.url_prefix or ''}/openapi.json")
    init_limits(app, service.settings)
    app.register_error_handler(Exception, _reply_to_error)
    return app


def use_cases(kind: type[T]) -> T:
    """The use cases of the service that answers this request."""
    return cast(T, current_app.extensions["use_cases"])


class MsgspecProvider(JSONProvider):
    """Flask's JSON by msgspec: strict (no NaN), and quick."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """The JSON text of builtins, dataclasses and msgspec structs."""
        return msgspec.json.encode(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of a JSON text; raises ValueError if it is none."""
        try:
            return msgspec.json.decode(s)
        except msgspec.DecodeError as error:
            raise ValueError(str(error)) from None

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """A response with the JSON of the one argument."""
        obj = self._prepare_response_obj(args, kwargs)
        return Response(msgspec.json.encode(obj), mimetype="application/json")


def _reply_to_error(error: Exception) -> ResponseReturnValue:
    match error:
        case Invalid(messages=messages):
            return _errors(400, *({"message": m, "field": f} for f, m in messages.items()))
        case Conflict() | NotYet():
            return _errors(409, {"message": "Somebody else was first, try again"})
        case Failure():
            status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
            return _errors(status, {"message": str(error)})
        case RequestEntityTooLarge():
            return _errors(413, {"message": "The body must not be over 64 KiB"})
        case MethodNotAllowed():
            return _errors(404, {"message": "Not Found!"})
        case HTTPException(code=404):
            return _errors(404, {"message": "Not Found!"})
        case HTTPException(code=int(code), name=name) if code < 500:
            return _errors(code, {"message": name})
    log.exception("request failed", method=request.method, path=request.path, exc_info=error)
    return _errors(500, {"message": "Something went wrong"})


def _errors(status: int, *errors: dict[str, str]) -> ResponseReturnValue:
    shown = [{k: v for k, v in error.items() if k != "field" or v} for error in errors]
    return {"errors": shown}, status
