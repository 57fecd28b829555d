"""Limits on how often one may ask, counted in Redis, or here where Redis is away."""

import socket
import time
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from flask import Blueprint
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from redis import Redis

from ticketing.common.limits import Often
from ticketing.common.limits import by_address
from ticketing.common.limits import by_email
from ticketing.common.limits import by_user
from ticketing.common.limits import limited
from ticketing.common.service import Service
from ticketing.common.settings import ServiceSettings
from ticketing.common.settings import read
from ticketing.common.testing import ENV
from ticketing.common.testing import client_of
from ticketing.common.testing_servers import RedisServer
from ticketing.common.testing_servers import eventually

THREE = "3/10 minutes"

Visit = Callable[..., FlaskClient]


class LimitedSettings(ServiceSettings, frozen=True, kw_only=True, rename="upper"):
    """What the sample service reads."""

    knocks: Often = THREE
    calls: Often = THREE
    guesses: Often = THREE


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture()
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(redis_server.url, decode_responses=True) as redis:
        redis.flushall()
        yield redis


@pytest.fixture()
def limits_url(redis: Redis, redis_server: RedisServer) -> str:
    return redis_server.url


@pytest.fixture()
def visit() -> Iterator[Visit]:
    """Makes a client, whose application has a connection to Redis of its own until the end."""
    clients: list[FlaskClient] = []

    def visit(service: Service[Any], user_id: str | None = None) -> FlaskClient:
        clients.append(client_of(service, user_id))
        return clients[-1]

    yield visit
    for client in clients:
        for limiter in client.application.extensions.get("limiter", ()):
            limiter.storage.get_connection().close()


def service(url: str, **settings: str) -> Service[Any]:
    """Knocked at by anybody, called by users, and asked to sign in; two routes share a limit."""
    routes = Blueprint("sample", __name__)

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
    @limited("guesses", by_email)
    def guess() -> ResponseReturnValue:
        return {}

    env = {**ENV, "LIMITS_REDIS_URL": url, **settings}
    return Service(
        name="sample", settings=read(LimitedSettings, env), routes=routes, use_cases=None
    )


def statuses(client: FlaskClient, path: str, times: int, **options: Any) -> list[int]:
    return [client.post(path, **options).status_code for _ in range(times)]


def keys(redis: Redis) -> list[str]:
    return [str(key) for key in redis.scan_iter()]


def at(address: str) -> dict[str, Any]:
    """How a request from this address looks."""
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def test_who_asks_too_often_is_told_when_to_try_again(limits_url: str, visit: Visit) -> None:
    client = visit(service(limits_url))
    assert statuses(client, "/knock", 3) == [200] * 3
    refused = client.post("/knock")
    assert refused.status_code == 429
    seconds = int(refused.headers["Retry-After"])
    assert 300 < seconds <= 600
    message = f"Too many requests, try again in {seconds} seconds"
    assert refused.get_json() == {"errors": [{"message": message}]}
    assert refused.headers["X-Request-ID"]


def test_after_that_time_one_may_ask_again(limits_url: str, visit: Visit) -> None:
    client = visit(service(limits_url, KNOCKS="1/2 seconds"))
    refused = eventually(lambda: _refused(client), within=60)
    time.sleep(int(refused.headers["Retry-After"]))
    assert client.post("/knock").status_code == 200


def _refused(client: FlaskClient) -> Any:
    reply = client.post("/knock")
    return reply if reply.status_code == 429 else None


def test_the_count_is_that_of_all_processes_and_of_all_routes_with_the_limit(
    limits_url: str, visit: Visit
) -> None:
    one, other = visit(service(limits_url)), visit(service(limits_url))
    assert statuses(one, "/knock", 2) == [200] * 2
    assert statuses(other, "/ring", 2) == [200, 429]
    assert one.post("/knock").status_code == 429


def test_another_address_counts_by_itself(limits_url: str, visit: Visit) -> None:
    client = visit(service(limits_url))
    assert statuses(client, "/knock", 4, **at("192.0.2.1"))[-1] == 429
    assert client.post("/knock", **at("192.0.2.2")).status_code == 200


def test_the_addresses_of_one_home_count_as_one(limits_url: str, visit: Visit) -> None:
    client = visit(service(limits_url))
    for host in range(3):
        assert client.post("/knock", **at(f"2001:db8:0:1::{host}")).status_code == 200
    assert client.post("/knock", **at("2001:db8:0:1:ffff::9")).status_code == 429
    assert client.post("/knock", **at("2001:db8:0:2::1")).status_code == 200


def test_an_ipv4_address_may_be_written_as_one_of_ipv6(limits_url: str, visit: Visit) -> None:
    client = visit(service(limits_url))
    assert statuses(client, "/knock", 3, **at("192.0.2.1")) == [200] * 3
    assert client.post("/knock", **at("::ffff:192.0.2.1")).status_code == 429
    assert client.post("/knock", **at("::ffff:192.0.2.2")).status_code == 200


def test_each_user_counts_alone_and_who_is_nobody_does_not(limits_url: str, visit: Visit) -> None:
    sample = service(limits_url)
    ann, ben, nobody = visit(sample, "ann"), visit(sample, "ben"), visit(sample)
    assert statuses(ann, "/call", 4) == [200, 200, 200, 429]
    assert ben.post("/call").status_code == 200
    assert statuses(nobody, "/call", 5) == [200] * 5


def test_an_account_counts_however_it_is_written_and_wherever_from(
    limits_url: str, redis: Redis, visit: Visit
) -> None:
    client = visit(service(limits_url))
    for number, email in enumerate(["ann@example.com", " ANN@example.com", "Ann@Example.com "]):
        reply = client.post("/guess", json={"email": email}, **at(f"192.0.2.{number}"))
        assert reply.status_code == 200
    ann = {"email": "ann@example.com"}
    assert client.post("/guess", json=ann, **at("192.0.2.9")).status_code == 429
    ben = {"email": "ben@example.com"}
    assert client.post("/guess", json=ben, **at("192.0.2.9")).status_code == 200
    found = "".join(keys(redis)).lower()
    assert "guesses" in found
    assert "example" not in found


@pytest.mark.parametrize(
    "content",
    [
        {"json": {"email": 7}},
        {"json": [1]},
        {"json": None},
        {"data": b"{", "content_type": "application/json"},
        {"data": b"\xff", "content_type": "application/json"},
        {"data": b'{"email": "' + b"x" * 100_000, "content_type": "application/json"},
        {"data": b"email=ann"},
    ],
)
def test_a_body_that_names_no_account_is_for_the_view_to_judge(
    limits_url: str, redis: Redis, visit: Visit, content: dict[str, Any]
) -> None:
    client = visit(service(limits_url))
    assert client.post("/guess", **content).status_code == 200
    [counted] = keys(redis)
    assert "knocks" in counted


def test_all_that_redis_keeps_is_named_for_it_and_is_dropped(
    limits_url: str, redis: Redis, visit: Visit
) -> None:
    visit(service(limits_url)).post("/guess", json={"email": "ann@example.com"})
    found = keys(redis)
    assert len(found) == 2
    assert all(key.startswith("LIMITS:") for key in found)
    assert all(0 < redis.ttl(key) <= 600 for key in found)


def test_without_the_setting_nothing_is_limited(visit: Visit) -> None:
    client = visit(service(""))
    assert statuses(client, "/knock", 9) == [200] * 9


def test_while_redis_is_away_this_process_counts(tmp_path: Any, visit: Visit) -> None:
    server = RedisServer(tmp_path)
    client = visit(service(server.url))  # it was never there
    assert statuses(client, "/knock", 4) == [200, 200, 200, 429]
    other = visit(service(server.url))
    assert other.post("/knock").status_code == 200


def test_many_at_once_are_answered_while_redis_is_away(tmp_path: Any, visit: Visit) -> None:
    client = visit(service(RedisServer(tmp_path).url, KNOCKS="5/hour"))
    with ThreadPoolExecutor(8) as visitors:
        app = client.application
        replies = list(visitors.map(lambda _: app.test_client().post("/knock"), range(40)))
    assert {reply.status_code for reply in replies} == {200, 429}


def test_a_redis_that_gives_no_answer_is_not_waited_for_each_time(visit: Visit) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = visit(service(f"redis://127.0.0.1:{silent.getsockname()[1]}"))
        assert statuses(client, "/knock", 4) == [200, 200, 200, 429]


def test_redis_may_go_and_come(tmp_path: Any, visit: Visit) -> None:
    server = RedisServer(tmp_path)
    server.start()
    try:
        client = visit(service(server.url))
        assert statuses(client, "/knock", 2) == [200] * 2
        server.kill()
        assert statuses(client, "/knock", 4) == [200, 200, 200, 429]
        server.start()
        deadline = time.monotonic() + 60
        while client.post("/knock").status_code == 429:  # until it asks Redis, which knows of two
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        server.kill()


@pytest.mark.parametrize("often", ["", "many", "0/minute", "-1/minute", "3", "3/fortnight", "3/"])
def test_a_limit_that_makes_no_sense_stops_the_process_at_the_start(often: str) -> None:
    if often:
        with pytest.raises(SystemExit, match="wrong in the environment"):
            service("", KNOCKS=often)
    else:
        assert msgspec.structs.asdict(service("", KNOCKS="").settings)["knocks"] == THREE
