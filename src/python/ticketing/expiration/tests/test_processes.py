"""The service's commands as real processes, beside a real Redis and a real broker."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import msgspec
import pytest
from redis import Redis

from ticketing.common.core.clock import utc_now
from ticketing.common.core.events import ExpirationCompleted
from ticketing.common.testing.servers import NatsServer, RedisServer, eventually
from ticketing.expiration.tests.conftest import Run
from ticketing.expiration.tests.news import ORDER, told
from ticketing.expiration.timers import Timers

PROMPT = 15
"""Seconds; it takes two or three, and a minute until the lock of a killed scheduler is over."""


def test_a_due_timer_fires_promptly_also_after_the_scheduler_was_killed(
    run: Run, redis: Redis, broker: NatsServer
) -> None:
    run("rq").wait_until_ready()
    first = run("scheduler")
    first.wait_until_ready()
    assert _lateness(redis, broker, ORDER, 1) < PROMPT
    first.kill()
    run("scheduler").wait_until_ready()
    assert _lateness(redis, broker, ORDER[::-1], 2) < PROMPT


def _lateness(redis: Redis, broker: NatsServer, order_id: str, count: int) -> float:
    """Seconds from a hold's end to its expiration, the `count`-th that is told."""
    due = utc_now() + timedelta(seconds=0.5)
    Timers(redis).start(order_id, due)
    message = told(broker.url, count)[-1]
    assert message.id == f"{order_id}-expired"
    event = msgspec.json.decode(message.body, type=ExpirationCompleted)
    late = (event.occurred_at - due).total_seconds()
    assert late > 0
    return late


@pytest.mark.parametrize("command", ["worker", "rq", "scheduler"])
def test_sigterm_ends_a_process_with_success(
    run: Run, command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    process = run(command)
    process.wait_until_ready()
    start = time.monotonic()
    assert process.stop() == 0
    assert time.monotonic() - start < 15
    assert "Traceback" not in capfd.readouterr().err


def test_a_process_waits_for_redis_and_says_when_it_is_gone(
    run: Run, redis_server: RedisServer
) -> None:
    redis_server.kill()
    process = run("rq")
    down = (503, {"ready": False, "missing": ["redis"]})
    eventually(lambda: process.ready() == down)
    redis_server.start()
    process.wait_until_ready()
    redis_server.kill()
    eventually(lambda: process.ready() == down)
    redis_server.start()
    process.wait_until_ready()


@pytest.mark.parametrize(
    ("command", "variable"),
    [("worker", "REDIS_URL"), ("scheduler", "REDIS_URL"), ("rq", "NATS_URL")],
)
def test_a_missing_variable_stops_a_process_with_one_line(command: str, variable: str) -> None:
    env = {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "REDIS_URL": "redis://x",
        "NATS_URL": "nats://x",
    }
    del env[variable]
    ended = subprocess.run(
        [sys.executable, "-m", "ticketing.expiration.main", command],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == f"missing in the environment: {variable}\n"
