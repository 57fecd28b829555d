"""How often one may ask: limits by address, by user or by what a service says, counted in Redis."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Any, TypeVar

import msgspec
from flask import Flask, Response, jsonify, request
from flask_limiter import Limiter, RateLimitExceeded
from limits import parse
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from ticketing.common.core.logs import logger
from ticketing.common.identity.access import user_if_signed_in
from ticketing.common.web.bodies import json_object
from ticketing.common.web.settings import ServiceSettings

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
    user = user_if_signed_in()
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
        limits = getattr(view, "limits", ())
        if limits:
            app.view_functions[endpoint] = _counted(limiter, view, limits, settings)
    app.register_error_handler(RateLimitExceeded, lambda error: _refuse(limiter, error))


def _counted(
    limiter: Limiter, view: V, limits: Sequence[_Limited], settings: ServiceSettings
) -> Callable[..., Any]:
    """The view, held to its limits, the upper before the lower: who is refused by one uses up no
    other. What is wrong with the request is told before anything is counted, and outside the
    limiter, to which every error is one of Redis.
    """
    guarded: Callable[..., Any] = view
    for limit in reversed(limits):
        guarded = limiter.shared_limit(
            _in_seconds(getattr(settings, limit.setting)),
            limit.setting,
            key_func=partial(_key, limit.by),
            exempt_when=partial(_is_exempt, limit.by),
        )(guarded)

    @wraps(view)
    def counted(*args: Any, **kwargs: Any) -> Any:
        keys = [limit.by() for limit in limits]
        if request.is_json and any(keys):
            json_object()
        return guarded(*args, **kwargs)

    return counted


def _key(by: Key) -> str:
    return by() or ""


def _is_exempt(by: Key) -> bool:
    return by() is None


def _in_seconds(often: str) -> str:
    """The same limit: of two units of time the limiter asks the shorter one first."""
    limit = parse(often)
    return f"{limit.amount} per {limit.get_expiry()} seconds"


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
