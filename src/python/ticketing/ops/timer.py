"""The timer of an order's hold, in Redis."""

from collections.abc import Iterator
from typing import Any

from redis import Redis
from rq.exceptions import NoSuchJobError
from rq.registry import ScheduledJobRegistry

from ticketing.expiration.timers import QUEUE
from ticketing.ops.facts import Row, State
from ticketing.ops.platform import Platform
from ticketing.ops.tables import moment


def look(platform: Platform, order_id: str, known: dict[str, Any]) -> Iterator[Row]:
    """When it is due; there is none once it went off or was stopped, or if Redis lost it."""
    redis = Redis.from_url(platform["REDIS_URL"], socket_timeout=5, socket_connect_timeout=2)
    job = f"expire-{order_id}"
    try:
        due = _registry(redis).get_scheduled_time(job)
        detail = f"due {moment(due)}"
    except NoSuchJobError:
        detail = "none"
    finally:
        redis.close()
    yield State(where="expiration", what="timer", id=job, detail=detail)


def _registry(redis: Redis) -> ScheduledJobRegistry:
    return ScheduledJobRegistry(QUEUE, connection=redis)  # type: ignore[no-untyped-call]
