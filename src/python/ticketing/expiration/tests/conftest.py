"""A Redis and a NATS server per module of tests, emptied for every test."""

import asyncio
from collections.abc import Callable, Iterator

import nats
import pytest
from nats.js.errors import NotFoundError
from redis import Redis

from ticketing.common.runtime.service import Service
from ticketing.common.testing.servers import NatsServer, RedisServer
from ticketing.common.testing.services import ENV
from ticketing.expiration.main import build
from ticketing.expiration.tests.processes import ServiceProcess
from ticketing.expiration.timers import Timers

Run = Callable[[str], ServiceProcess]


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.kill()


@pytest.fixture()
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(redis_server.url, socket_timeout=5) as redis:
        redis.flushall()
        yield redis


@pytest.fixture()
def broker(nats_server: NatsServer) -> NatsServer:
    """With no streams."""
    asyncio.run(_forget(nats_server.url))
    return nats_server


@pytest.fixture()
def service(redis: Redis) -> Service[Timers]:
    return build(ENV, redis)


@pytest.fixture()
def run(redis: Redis, redis_server: RedisServer, broker: NatsServer) -> Iterator[Run]:
    """Starts one of the service's commands; all are killed at the end."""
    started: list[ServiceProcess] = []

    def start(command: str) -> ServiceProcess:
        started.append(ServiceProcess(command, redis_server, broker))
        return started[-1]

    yield start
    for process in started:
        process.kill()


async def _forget(url: str) -> None:
    client = await nats.connect(url)
    for stream in ("TICKETING", "TICKETING_DEAD"):
        try:
            await client.jetstream().delete_stream(stream)
        except NotFoundError:
            continue
    await client.close()
