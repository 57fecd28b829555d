"""Timers in a real Redis."""

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from rq import Queue
from rq.executions import Execution
from rq.job import Job, JobStatus
from rq.registry import ScheduledJobRegistry

from ticketing.common.core.errors import Unavailable
from ticketing.common.testing.servers import free_port
from ticketing.expiration.tests.news import DUE, ORDER
from ticketing.expiration.timers import QUEUE, Timers

JOB = f"expire-{ORDER}"


@pytest.fixture()
def timers(redis: Redis) -> Timers:
    return Timers(redis)


@pytest.fixture()
def scheduled(redis: Redis) -> ScheduledJobRegistry:
    registry: ScheduledJobRegistry = Queue(QUEUE, connection=redis).scheduled_job_registry
    return registry


def test_a_timer_is_one_job_whose_id_is_the_orders(
    timers: Timers, scheduled: ScheduledJobRegistry
) -> None:
    timers.start(ORDER, DUE)
    assert scheduled.get_job_ids() == [JOB]


@pytest.mark.parametrize(
    ("microseconds", "late"), [(0, 0), (1, 999_999), (250_000, 750_000), (999_000, 1_000)]
)
def test_a_timer_is_due_at_the_whole_second_after_its_time(
    timers: Timers, scheduled: ScheduledJobRegistry, microseconds: int, late: int
) -> None:
    due = datetime(2126, 1, 31, 12, 0, 59, microseconds, UTC)
    timers.start(ORDER, due)
    assert scheduled.get_scheduled_time(JOB) == due + timedelta(microseconds=late)


def test_starting_twice_is_starting_once(timers: Timers, scheduled: ScheduledJobRegistry) -> None:
    timers.start(ORDER, DUE)
    timers.start(ORDER, DUE + timedelta(hours=1))
    assert scheduled.get_job_ids() == [JOB]
    assert scheduled.get_scheduled_time(JOB) == DUE.replace(second=1, microsecond=0)


def test_every_order_has_its_own_timer(timers: Timers, scheduled: ScheduledJobRegistry) -> None:
    timers.start(ORDER, DUE)
    timers.start(ORDER[::-1], DUE)
    timers.stop(ORDER[::-1])
    assert scheduled.get_job_ids() == [JOB]


def test_stopping_leaves_nothing_behind(timers: Timers, redis: Redis) -> None:
    timers.start(ORDER, DUE)
    timers.stop(ORDER)
    assert redis.keys("*expire-*") == []
    assert redis.zcard(f"rq:scheduled:{QUEUE}") == 0


def test_a_stopped_timer_can_be_started_again(
    timers: Timers, scheduled: ScheduledJobRegistry
) -> None:
    timers.start(ORDER, DUE)
    timers.stop(ORDER)
    timers.start(ORDER, DUE)
    assert scheduled.get_job_ids() == [JOB]


def test_stopping_what_never_started_is_fine(timers: Timers) -> None:
    timers.stop(ORDER)


def test_stopping_one_that_goes_off_at_that_moment_is_fine(timers: Timers, redis: Redis) -> None:
    timers.start(ORDER, DUE)
    job = Job.fetch(JOB, connection=redis)
    job.set_status(JobStatus.STARTED)
    with redis.pipeline() as pipeline:
        run = Execution.create(job, ttl=60, pipeline=pipeline)
        pipeline.delete(run.key)  # as at its end, before its entry in the list goes
        pipeline.execute()
    timers.stop(ORDER)


def test_without_redis_nothing_is_promised() -> None:
    with Redis.from_url(f"redis://127.0.0.1:{free_port()}/0") as nowhere:
        timers = Timers(nowhere)
        with pytest.raises(Unavailable):
            timers.start(ORDER, DUE)
        with pytest.raises(Unavailable):
            timers.stop(ORDER)
