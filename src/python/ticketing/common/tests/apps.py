"""Small services around a few routes, to see what `common.runtime.app` makes of them."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from ticketing.common.core.errors import Failure
from ticketing.common.core.settings import read
from ticketing.common.runtime.app import create_app
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of
from ticketing.common.testing.services import ENV
from ticketing.common.web.routes import Routes
from ticketing.common.web.settings import ServiceSettings


def service_of(
    routes: Routes[Any], env: Mapping[str, str] | None = None, **parts: Any
) -> Service[Any]:
    """A service with these routes, with no database unless one is among the parts."""
    env = {**ENV, **(env or {})}
    made: dict[str, Any] = {"settings": read(ServiceSettings, env), "use_cases": None, **parts}
    return Service(name="sample", env=env, routes=routes, **made)


def app_of(routes: Routes[Any], **parts: Any) -> Flask:
    return create_app(service_of(routes, **parts))


def errors(status: int, failure: Failure) -> tuple[int, Mapping[str, Any]]:
    """The reply to this failure, as `reply` shows it."""
    return status, {"errors": entries_of(failure)}


def reply(response: Any) -> tuple[int, Any]:
    """Status and JSON of a response."""
    return response.status_code, response.get_json()
