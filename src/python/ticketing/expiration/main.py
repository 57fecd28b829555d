"""The expiration service: says when a hold's time is over."""

import os
import signal
import sys
import time
from collections.abc import Mapping

from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.scheduler import RQScheduler

from ticketing.common.core import health
from ticketing.common.core.health import Check
from ticketing.common.core.logs import logger
from ticketing.common.core.settings import Settings, read
from ticketing.common.messaging.settings import BrokerSettings
from ticketing.common.runtime.run import commands, start
from ticketing.common.runtime.service import Service
from ticketing.common.runtime.worker import reach_broker
from ticketing.expiration import handlers
from ticketing.expiration.timers import QUEUE, Timers

log = logger(__name__)


class ExpirationSettings(Settings, frozen=True, kw_only=True, rename="upper"):
    """`redis_url` is where the timers are kept."""

    redis_url: str


def build(env: Mapping[str, str], redis: Redis | None = None) -> Service[Timers]:
    settings = read(ExpirationSettings, env)
    redis = redis or Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=2)
    return Service(
        name="expiration",
        settings=settings,
        use_cases=Timers(redis),
        events=handlers.events,
        checks={"redis": redis.ping},
    )


class Worker(SimpleWorker):
    """Signs off on a new connection: SIGTERM may come in the middle of an answer of Redis, and the
    rest of that answer would be taken for the next one.
    """

    def teardown(self) -> None:
        """Called as the last thing, whatever ended the work."""
        self.connection.connection_pool.disconnect(inuse_connections=False)
        super().teardown()  # type: ignore[no-untyped-call]


cli = commands(build, "worker")


@cli.command()
def rq() -> None:
    """Run the timers' jobs as they fall due."""
    broker = read(BrokerSettings, os.environ)
    redis = _wait_for_redis({"nats": lambda: reach_broker(broker.nats_url)})
    Worker(
        [QUEUE], connection=redis, worker_ttl=20, maintenance_interval=5, job_monitoring_interval=5
    ).work()


@cli.command()
def scheduler() -> None:
    """Move the timers that are due to the queue; one such process at a time.

    With a fixed name, a scheduler that comes after a killed one owns its lock at once.
    """
    redis = _wait_for_redis({})
    while True:
        try:
            RQScheduler([QUEUE], connection=redis, interval=1, name=QUEUE).work()  # type: ignore[no-untyped-call]
            return
        except RedisError as error:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            log.warning("redis gives no answer, trying again", reason=repr(error))
            time.sleep(1)


def _wait_for_redis(more: dict[str, Check]) -> Redis:
    service = start(build)
    settings = service.settings
    assert isinstance(settings, ExpirationSettings)
    checks = {**service.ready_checks(), **more}
    health.serve(settings.host, settings.port, alive={}, ready=checks)
    health.wait_for(checks)
    return Redis.from_url(settings.redis_url, socket_timeout=5)


if __name__ == "__main__":
    cli()
