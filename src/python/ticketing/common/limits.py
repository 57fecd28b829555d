"""How often one may ask: limits by address, by user or by what a service says, counted in Redis."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from ipaddress import ip_address
from ipaddress import ip_network
from typing import Annotated
from typing import Any
from typing import TypeVar

import msgspec
from flask import Flask
from flask import Response
from flask import jsonify
from flask import request
from flask_limiter import Limiter
from flask_limiter import RateLimitExceeded
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from werkzeug.exceptions import HTTPException

from ticketing.common.errors import Failure
from ticketing.common.identity import current_user
from ticketing.common.logs import logger
from ticketing.common.settings import ServiceSettings

log = logger(__name__)

PATIENCE = 0.5
"""Seconds to wait for Redis; then this process counts by itself until it answers again."""

Often = Annotated[
    str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,5}/([1-9][0-9]{0,3} )?(second|minute|hour|day)s?$")
]
"""So many times in so long: `10/15 minutes`."""

Key = Callable[[], str | None]
"""Who is asking in this request; None where the limit does not concern them."""

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class _Limited:
    setting: str
    by: Key


def limited(setting: str, by: Key) -> Callable[[V], V]:
    """Decorator for a view, below that of its route: how often is a setting of the service.

    Views with the same limit share its count. Where LIMITS_REDIS_URL is not set there is none.
    """

    def mark(view: V) -> V:
        marks = (*getattr(view, "limits", ()), _Limited(setting, by))
        view.limits = marks  # type: ignore[attr-defined]
        return view

    return mark


def by_address() -> str | None:
    """The visitor's address; of IPv6 the network, of which a home has a whole one."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, 64), strict=False))
    return str(address)


def by_user() -> str | None:
    """The signed-in user."""
    user = current_user()
    return None if user is None else user.id


def init_limits(app: Flask, settings: ServiceSettings) -> None:
    """Hold the views of the app to their limits, after all routes are there.

    While Redis is away this process counts in its own memory: nobody is refused for want of it.
    """
    if not settings.limits_redis_url:
        return
    options: dict[str, Any] = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 1),  # Redis may have closed the connection that was kept
    }
    limiter = Limiter(
        lambda: "",  # every limit has its own key
        app=app,
        storage_uri=settings.limits_redis_url,
        storage_options=options,
        strategy="moving-window",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    for endpoint, view in app.view_functions.items():
        for limit in getattr(view, "limits", ()):
            view = _guarded(limiter, view, limit, str(getattr(settings, limit.setting)))
        app.view_functions[endpoint] = view
    app.register_error_handler(RateLimitExceeded, lambda error: _refuse(limiter, error))


def _guarded(limiter: Limiter, view: V, limit: _Limited, often: str) -> Callable[..., Any]:
    key = _never_raising(limit.by)
    guard = limiter.shared_limit(
        often, limit.setting, key_func=lambda: key() or "", exempt_when=lambda: key() is None
    )
    return guard(view)


def _never_raising(by: Key) -> Key:
    """What is wrong with the request is the view's to say; here it would pass for Redis' fault."""

    def key() -> str | None:
        try:
            return by()
        except (HTTPException, Failure):
            return None

    return key


def _refuse(limiter: Limiter, error: RateLimitExceeded) -> Response:
    seconds = _wait(limiter, error)
    log.info("too many requests", path=request.path, limit=str(error.limit.limit), wait=seconds)
    message = f"Too many requests, try again in {seconds} seconds"
    response = jsonify({"errors": [{"message": message}]})
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def _wait(limiter: Limiter, error: RateLimitExceeded) -> int:
    """Whole seconds until the next request is taken; the longest it can be where Redis is gone."""
    longest = error.limit.limit.get_expiry()
    try:
        until = limiter.current_limit.reset_at if limiter.current_limit else time.time()
    except RedisError:
        return longest
    return min(longest, max(1, int(until - time.time() + 1)))
