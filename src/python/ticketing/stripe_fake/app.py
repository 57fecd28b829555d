"""The Flask application of the Stripe stand-in: the part of Stripe's HTTP API that we use.

It answers as Stripe documents, for test cards only. What it does not know it refuses (404, or
`parameter_unknown`) rather than pretend. Its own are the paths under /test, which stand for the
buyer and for trouble, and those under /frames, which a buyer's browser loads through /v3/stripe.js.
"""

import time

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from ticketing.common.core import health
from ticketing.common.core.logs import logger
from ticketing.stripe_fake.assets import assets
from ticketing.stripe_fake.buyer import buyer
from ticketing.stripe_fake.errors import INVALID, StripeError, server_error
from ticketing.stripe_fake.exchange import Clock, Works, refuse, request_id
from ticketing.stripe_fake.faults import Unreliable, faults
from ticketing.stripe_fake.idempotency import Desk
from ticketing.stripe_fake.routes import api
from ticketing.stripe_fake.store import Store
from ticketing.stripe_fake.switches import Switchboard

MAX_BODY = 64 * 1024

log = logger(__name__)


def create_app(store: Store, clock: Clock = time.time) -> Flask:
    """`clock` gives seconds since 1970: for `created`, and for the age of idempotency keys."""
    app = Flask("stripe_fake", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    board = Switchboard(store)
    app.extensions["stripe_fake"] = Works(
        store=store, desk=Desk(store), clock=clock, switchboard=board
    )
    app.wsgi_app = Unreliable(app.wsgi_app, board)  # type: ignore[method-assign]
    app.register_blueprint(health.blueprint(alive={}, ready={}))
    app.register_blueprint(api)
    app.register_blueprint(buyer)
    app.register_blueprint(assets)
    app.register_blueprint(faults)
    app.after_request(_name_request)
    app.register_error_handler(StripeError, refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _fail)
    return app


def _name_request(response: Response) -> Response:
    response.headers["Request-Id"] = request_id()
    if request.blueprint != "health":
        log.info(
            "answered",
            method=request.method,
            path=request.path,
            status=response.status_code,
            request_id=request_id(),
            replayed="Idempotent-Replayed" in response.headers,
        )
    return response


def _refuse_http(error: HTTPException) -> Response:
    if isinstance(error, NotFound | MethodNotAllowed):
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        return refuse(StripeError(404, INVALID, message))
    return refuse(StripeError(error.code or 500, INVALID, error.description or error.name))


def _fail(error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return refuse(server_error())
