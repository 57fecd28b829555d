"""A service whose routes may be asked three times, and how the tests ask it."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from ticketing.common.core.settings import read
from ticketing.common.runtime.service import Service
from ticketing.common.testing.services import ENV
from ticketing.common.web.limits import Often, by_address, by_user, limited
from ticketing.common.web.routes import Routes, json_object
from ticketing.common.web.settings import ServiceSettings

THREE = "3/10 minutes"

Visit = Callable[..., FlaskClient]
"""Makes a client of a service, for a user or nobody."""


class LimitedSettings(ServiceSettings, frozen=True, kw_only=True, rename="upper"):
    """What the sample service reads."""

    knocks: Often = THREE
    calls: Often = THREE
    guesses: Often = THREE


def by_name() -> str | None:
    """A key of the service's own."""
    name = json_object().get("name") if request.is_json else None
    return str(name) if name else None


def service(url: str, **settings: str) -> Service[Any]:
    """Knocked at by anybody, called by users, and told names; two routes share a limit."""
    routes = Routes[None]("sample", __name__)

    @routes.post("/knock")
    @limited("knocks", by_address)
    def knock() -> ResponseReturnValue:
        return {}

    @routes.post("/ring")
    @limited("knocks", by_address)
    def ring() -> ResponseReturnValue:
        return {}

    @routes.post("/call")
    @limited("calls", by_user)
    def call() -> ResponseReturnValue:
        return {}

    @routes.post("/guess")
    @limited("knocks", by_address)
    @limited("guesses", by_name)
    def guess() -> ResponseReturnValue:
        return {}

    env = {**ENV, "LIMITS_REDIS_URL": url, **settings}
    return Service(
        name="sample", settings=read(LimitedSettings, env), env=env, routes=routes, use_cases=None
    )


def statuses(client: FlaskClient, path: str, times: int, **options: Any) -> list[int]:
    return [client.post(path, **options).status_code for _ in range(times)]
