"""A Flask application as every web process has it: health, request ids, safety at its edge."""

from collections.abc import Mapping
from secrets import token_hex

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from ticketing.common.core import health
from ticketing.common.core.health import Check
from ticketing.common.web.protection import open_to, protect
from ticketing.common.web.proxies import behind
from ticketing.common.web.settings import WebSettings


def application(import_name: str, ready: Mapping[str, Check], edge: WebSettings) -> Flask:
    """An application without routes of its own; it is ready when all of `ready` passes.

    A request's `X-Request-ID` is kept or made, is in every log record as its correlation id, and
    is sent back. `edge` names the gateways that are believed, and the other sites let in.
    """
    app = Flask(import_name, static_folder=None)
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.register_blueprint(health.blueprint(alive={}, ready=ready))
    app.before_request(_bind_request_id)
    app.after_request(_return_request_id)
    protect(app)
    open_to(edge.cors_origins, app)
    app.wsgi_app = behind(edge.trusted_proxies, app.wsgi_app)  # type: ignore[assignment, method-assign]
    return app


def request_id() -> str:
    """The id of the request that is being answered."""
    return str(g.request_id)


def _bind_request_id() -> None:
    clear_contextvars()
    given = request.headers.get("X-Request-ID", "")
    usable = 0 < len(given) <= 128 and given.isascii() and given.isprintable()
    g.request_id = given if usable else token_hex(16)
    bind_contextvars(correlation_id=g.request_id)


def _return_request_id(response: Response) -> Response:
    response.headers.add("X-Request-ID", g.request_id)
    return response
