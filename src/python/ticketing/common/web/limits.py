"""How often one may ask: limits by address, by user or by what a service says, counted in Redis."""

import time
from collections.abc import Callable, Mapping
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Any, ParamSpec, TypeVar

import msgspec
from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter, RateLimitExceeded
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from ticketing.common.core.logs import logger
from ticketing.common.identity.access import user_if_signed_in
from ticketing.common.web.errors import TooManyRequests, answer_to
from ticketing.common.web.routes import json_object
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

P = ParamSpec("P")
R = TypeVar("R")
_EXTENSION = "rate_limits"


def limited(setting: str, by: Key) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator for a view, below that of its route: how often is a setting of the service.

    Views with the same limit share its count. Where LIMITS_REDIS_URL is not set there is none. Of
    two, the upper is asked first, and who is refused by it uses up no other. What is wrong with the
    request is told before anything is counted.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            limits: RateLimits | None = current_app.extensions.get(_EXTENSION)
            key = None if limits is None else by()
            if limits is not None and key:
                if request.is_json:
                    json_object()
                limits.count(setting, key)
            return view(*args, **kwargs)

        counted.limits = [setting, *limits_of(view)]  # type: ignore[attr-defined]
        return counted

    return decorate


def limits_of(view: Callable[..., Any]) -> list[str]:
    """The settings that say how often this view may be asked."""
    named: list[str] = getattr(view, "limits", [])
    return named


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
    """Hold the app's views, all of which are there, to their limits, if there is a Redis to count
    in; raises AttributeError where one names no setting.
    """
    named = sorted({name for view in app.view_functions.values() for name in limits_of(view)})
    limits: dict[str, str] = {name: getattr(settings, name) for name in named}
    if settings.limits_redis_url:
        app.extensions[_EXTENSION] = RateLimits(app, settings.limits_redis_url, limits)


class RateLimits:
    """The limits of one application, by the names of their settings.

    While Redis is away this process counts in its own memory: nobody is refused for want of it.
    """

    def __init__(self, app: Flask, url: str, limits: Mapping[str, str]) -> None:
        options: dict[str, Any] = {
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            "retry": Retry(NoBackoff(), 1),  # Redis may have closed the connection that was kept
        }
        self._limiter = Limiter(
            lambda: "",  # every limit has its own key
            request_identifier=lambda: "any",  # and its own name, whatever the route
            app=app,
            storage_uri=url,
            storage_options=options,
            strategy="moving-window",
            in_memory_fallback_enabled=True,
            swallow_errors=True,
        )
        self._counts = {name: self._counting(name, often) for name, often in limits.items()}
        app.register_error_handler(RateLimitExceeded, self._refuse)

    def count(self, setting: str, key: str) -> None:
        """Count this request; raises RateLimitExceeded."""
        g.rate_limit_key = key
        self._counts[setting]()

    def _counting(self, setting: str, often: str) -> Callable[[], None]:
        def count() -> None:
            """Nothing more: the limiter counts before it calls what it decorates."""

        count.__qualname__ = setting  # by which the limiter knows it
        decorate = self._limiter.shared_limit(often, setting, key_func=lambda: g.rate_limit_key)
        return decorate(count)

    def _refuse(self, error: RateLimitExceeded) -> Response:
        seconds = self._wait(error)
        log.info("too many requests", path=request.path, limit=str(error.limit.limit), wait=seconds)
        response = answer_to(TooManyRequests(seconds=seconds))
        response.headers["Retry-After"] = str(seconds)
        return response

    def _wait(self, error: RateLimitExceeded) -> int:
        """Whole seconds until the next request is taken; the longest that can be, without Redis."""
        longest = error.limit.limit.get_expiry()
        try:
            limit = self._limiter.current_limit
            until = limit.reset_at if limit else time.time()
        except RedisError:
            return longest
        return min(longest, max(1, int(until - time.time() + 1)))
