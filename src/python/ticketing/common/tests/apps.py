"""Small services around a few routes, to see what `common.runtime.app` makes of them."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask

from ticketing.common.core.settings import read
from ticketing.common.runtime.app import create_app
from ticketing.common.runtime.service import Service
from ticketing.common.testing.services import ENV
from ticketing.common.web.settings import ServiceSettings


def service_of(
    routes: Blueprint, env: Mapping[str, str] | None = None, **parts: Any
) -> Service[Any]:
    """A service with these routes, with no database unless one is among the parts."""
    settings = read(ServiceSettings, {**ENV, **(env or {})})
    return Service(name="sample", settings=settings, routes=routes, **{"use_cases": None, **parts})


def app_of(routes: Blueprint, **parts: Any) -> Flask:
    return create_app(service_of(routes, **parts))


def errors(status: int, message: str, field: str | None = None) -> tuple[int, Mapping[str, Any]]:
    """A reply with one error, as `reply` shows it."""
    error = {"message": message} if field is None else {"message": message, "field": field}
    return status, {"errors": [error]}


def reply(response: Any) -> tuple[int, Any]:
    """Status and JSON of a response."""
    return response.status_code, response.get_json()
