"""The job of a timer, run by RQ's own worker against a real Redis and a real broker."""

import signal
from collections.abc import Iterator

import msgspec
import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.scheduler import RQScheduler
from structlog.contextvars import bound_contextvars

from ticketing.common.core.clock import utc_now
from ticketing.common.testing.servers import NatsServer, free_port
from ticketing.expiration.tests.news import ORDER, told
from ticketing.expiration.timers import QUEUE, Timers, publish_expiration


@pytest.fixture(autouse=True)
def _keep_signal_handlers() -> Iterator[None]:
    """RQ's worker takes them over."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture()
def broker_url(broker: NatsServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The broker, which the job finds in the environment."""
    monkeypatch.setenv("NATS_URL", broker.url)
    return broker.url


def _work(redis: Redis) -> None:
    SimpleWorker([QUEUE], connection=redis).work(burst=True)


def _move_what_is_due(redis: Redis) -> None:
    scheduler = RQScheduler([QUEUE], connection=redis, name="test")
    scheduler.acquire_locks()  # type: ignore[no-untyped-call]
    scheduler.enqueue_scheduled_jobs()  # type: ignore[no-untyped-call]
    scheduler.release_locks()  # type: ignore[no-untyped-call]


def test_a_due_timer_publishes_the_expiration(redis: Redis, broker_url: str) -> None:
    Timers(redis).start(ORDER, utc_now().replace(year=2020, month=1, day=1))
    _move_what_is_due(redis)
    _work(redis)
    [message] = told(broker_url, 1)
    assert message.id == f"{ORDER}-expired"
    assert message.subject == "expiration.completed"
    event = msgspec.json.decode(message.body)
    assert event.pop("occurredAt").endswith("Z")
    assert event == {
        "subject": "expiration.completed",
        "id": f"{ORDER}-expired",
        "orderId": ORDER,
    }


def test_the_expiration_tells_which_request_it_goes_back_to(redis: Redis, broker_url: str) -> None:
    with bound_contextvars(correlation_id="the request that placed the order"):
        Timers(redis).start(ORDER, utc_now().replace(year=2020, month=1, day=1))
    _move_what_is_due(redis)
    _work(redis)
    [message] = told(broker_url, 1)
    assert message.correlation_id == "the request that placed the order"


def test_a_timer_that_has_fired_leaves_nothing_behind(redis: Redis, broker_url: str) -> None:
    Timers(redis).start(ORDER, utc_now().replace(year=2020, month=1, day=1))
    _move_what_is_due(redis)
    _work(redis)
    assert redis.keys("*expire-*") == []


def test_an_expiration_published_twice_is_told_once(broker_url: str) -> None:
    publish_expiration(ORDER, "a request")
    publish_expiration(ORDER, "a request")
    publish_expiration(ORDER[::-1], "a request")
    ids = [message.id for message in told(broker_url, 2)]
    assert ids == [f"{ORDER}-expired", f"{ORDER[::-1]}-expired"]


def test_a_job_without_a_broker_is_kept_for_later(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NATS_URL", f"nats://127.0.0.1:{free_port()}")
    Timers(redis).start(ORDER, utc_now().replace(year=2020, month=1, day=1))
    _move_what_is_due(redis)
    _work(redis)
    scheduled = Queue(QUEUE, connection=redis).scheduled_job_registry
    assert scheduled.get_job_ids() == [f"expire-{ORDER}"]
