"""The Flask application around a service's routes."""

from typing import TypeVar

from flask import Flask

from ticketing.common.identity.access import init_identity
from ticketing.common.identity.token_keys import LocalKeys
from ticketing.common.runtime.service import Service
from ticketing.common.web.application import application
from ticketing.common.web.errors import init_errors
from ticketing.common.web.idempotency import COLLECTION, EXTENSION, Keys
from ticketing.common.web.limits import init_limits
from ticketing.common.web.openapi import publish
from ticketing.common.web.routes import MAX_BODY
from ticketing.common.web.settings import ServiceSettings

U = TypeVar("U")


def create_app(service: Service[U]) -> Flask:
    """The WSGI application of a service that has routes."""
    settings, routes, keys = service.settings, service.routes, service.token_keys
    assert isinstance(settings, ServiceSettings)
    assert routes is not None
    app = application(service.name, service.web_checks(), settings)
    # One more: a chunked body is cut at the limit, and must not pass for one that ends there.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY + 1
    if service.database is not None:
        # For fingerprints of requests: of those that hold a password, auth's alone need a secret.
        secrets = keys.secrets() if isinstance(keys, LocalKeys) else [""]
        app.extensions[EXTENSION] = Keys(service.database[COLLECTION], secrets)
    init_identity(app, keys, service.revocations)
    init_errors(app)
    routes.serve(app, service.use_cases)
    init_limits(app, settings)
    publish(app, service.name, f"{routes.url_prefix or ''}/openapi.json", settings)
    return app
