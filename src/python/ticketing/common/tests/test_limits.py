"""Limits on how often one may ask, counted in Redis."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from redis import Redis

from ticketing.common.runtime.app import create_app
from ticketing.common.testing.servers import RedisServer, eventually
from ticketing.common.tests.limited_service import THREE, Visit, service, statuses
from ticketing.common.web.limits import by_address, limited
from ticketing.common.web.routes import Routes


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
    assert refused.get_json() == {"errors": [{"code": "too_many_requests", "message": message}]}
    assert refused.headers["X-Request-ID"]


def test_after_that_time_one_may_ask_again(limits_url: str, visit: Visit) -> None:
    client = visit(service(limits_url, KNOCKS="1/2 seconds"))
    refused = eventually(lambda: _refused(client))
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


def test_a_service_may_count_by_what_it_likes(limits_url: str, visit: Visit) -> None:
    client = visit(service(limits_url))
    for number in range(4):
        reply = client.post("/guess", json={"name": "ann"}, **at(f"192.0.2.{number}"))
        assert (reply.status_code == 429) == (number == 3)
    assert client.post("/guess", json={"name": "ben"}, **at("192.0.2.9")).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        {"json": {}},
        {"data": b"name=ann"},
    ],
)
def test_a_limit_may_not_concern_a_request(
    limits_url: str, redis: Redis, visit: Visit, content: dict[str, Any]
) -> None:
    client = visit(service(limits_url))
    assert client.post("/guess", **content).status_code == 200
    [counted] = keys(redis)
    assert "knocks" in counted


MALFORMED = {
    "cut": (b"{", 400),
    "no object": (b"[1]", 400),
    "no Unicode": (b'{"name": "\\ud800"}', 400),
    "deep": (b"[" * 20_000, 400),
    "long": (b"{" + b" " * 100_000, 413),
}


@pytest.mark.parametrize(("body", "status"), MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_malformed_is_refused_uncounted_and_counts_go_on(
    limits_url: str, redis: Redis, visit: Visit, body: bytes, status: int
) -> None:
    client, nonsense = visit(service(limits_url)), {"content_type": "application/json"}
    assert statuses(client, "/guess", 2, json={}) == [200] * 2
    for path in ("/guess", "/knock"):
        assert client.post(path, data=body, **nonsense).status_code == status
    assert statuses(client, "/knock", 2) == [200, 429]
    assert len(keys(redis)) == 1


@pytest.mark.parametrize("settings", [{}, {"GUESSES": "3/hour"}, {"KNOCKS": "3/hour"}])
def test_who_is_refused_by_one_limit_uses_up_no_other(
    limits_url: str, visit: Visit, settings: dict[str, str]
) -> None:
    client, ann = visit(service(limits_url, **settings)), {"json": {"name": "ann"}}
    for _ in range(3):
        client.post("/knock", **at("192.0.2.1"))
    assert statuses(client, "/guess", 4, **ann, **at("192.0.2.1")) == [429] * 4
    assert client.post("/guess", **ann, **at("192.0.2.2")).status_code == 200


def test_all_that_redis_keeps_is_named_for_it_and_is_dropped(
    limits_url: str, redis: Redis, visit: Visit
) -> None:
    visit(service(limits_url)).post("/guess", json={"name": "ann"})
    found = keys(redis)
    assert len(found) == 2
    assert all(key.startswith("LIMITS:") for key in found)
    assert all(0 < redis.ttl(key) <= 600 for key in found)


def test_without_the_setting_nothing_is_limited(visit: Visit) -> None:
    client = visit(service(""))
    assert statuses(client, "/knock", 9) == [200] * 9


def test_a_limit_that_no_setting_has_stops_the_process_at_the_start() -> None:
    routes = Routes[None]("sample", __name__)
    routes.post("/knock")(limited("nocks", by_address)(lambda: "done"))
    with pytest.raises(AttributeError, match="nocks"):
        create_app(replace(service(""), routes=routes))


@pytest.mark.parametrize("often", ["", "many", "0/minute", "-1/minute", "3", "3/fortnight", "3/"])
def test_a_limit_that_makes_no_sense_stops_the_process_at_the_start(often: str) -> None:
    if often:
        with pytest.raises(SystemExit, match="wrong in the environment"):
            service("", KNOCKS=often)
    else:
        assert msgspec.structs.asdict(service("", KNOCKS="").settings)["knocks"] == THREE
