"""Users of Redis and MongoDB: each can do its work, and nothing of another's."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pymongo
import pytest
from flask import Flask
from pymongo.errors import OperationFailure
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError
from rq import Queue, SimpleWorker

from ticketing.common.core.settings import read
from ticketing.common.testing.services import ENV
from ticketing.common.web.limits import Often, by_address, init_limits, limited
from ticketing.common.web.settings import ServiceSettings
from ticketing.local.reach import Reach
from ticketing.local.tests.infrastructure import infrastructure
from ticketing.registry.declarations import stores


class LimitedSettings(ServiceSettings, frozen=True, kw_only=True, rename="upper"):
    """What the sample service reads."""

    knocks: Often = "2/hour"


RULING: list[Callable[[Redis], object]] = [
    lambda one: one.config_get("*"),
    lambda one: one.flushdb(),
    lambda one: one.keys("*"),
    lambda one: one.acl_list(),
    lambda one: one.slowlog_get(),
]


@pytest.fixture(scope="module")
def reach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reach]:
    with infrastructure(tmp_path_factory.mktemp("access")) as reach:
        yield reach


def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=30)


def test_timers_and_limits_keep_to_their_own_keys_in_redis(reach: Reach) -> None:
    timers, limits = _redis(reach.timers()["REDIS_URL"]), _redis(reach.limits()["LIMITS_REDIS_URL"])
    queue = Queue("expiration", connection=timers)
    queue.enqueue("builtins.len", "x")
    SimpleWorker([queue], connection=timers).work(burst=True)
    assert queue.count == 0
    for client, key in ((timers, "LIMITS:a"), (limits, "rq:queue:expiration"), (limits, "a")):
        with pytest.raises(NoPermissionError):
            client.get(key)
        with pytest.raises(NoPermissionError):
            client.set(key, "mine")


def test_limits_are_counted_in_redis(reach: Reach) -> None:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=limited("knocks", by_address)(lambda: "hello"))
    init_limits(app, read(LimitedSettings, {**ENV, **reach.limits()}))
    visitor = app.test_client()
    assert [visitor.get("/").status_code for _ in range(3)] == [200, 200, 429]
    assert _redis(reach.everything()["REDIS_URL"]).keys("LIMITS*")


@pytest.mark.parametrize("user", ["timers", "limits"])
def test_nobody_but_the_operator_rules_redis(reach: Reach, user: str) -> None:
    url = {**reach.timers(), "limits": reach.limits()["LIMITS_REDIS_URL"]}
    client = _redis(url["limits"] if user == "limits" else url["REDIS_URL"])
    for command in RULING:
        with pytest.raises(NoPermissionError):
            command(client)
    operator = _redis(reach.everything()["REDIS_URL"])
    for command in RULING:
        command(operator)


def test_redis_answers_nobody_else_but_that_it_is_there(reach: Reach) -> None:
    port = reach.redis.port
    assert _redis(f"redis://127.0.0.1:{port}").ping()
    with pytest.raises(NoPermissionError):
        _redis(f"redis://127.0.0.1:{port}").get("rq:queue:expiration")
    for command in RULING:
        with pytest.raises(NoPermissionError):
            command(_redis(f"redis://127.0.0.1:{port}"))
    with pytest.raises(AuthenticationError):
        _redis(f"redis://timers:wrong@127.0.0.1:{port}").ping()


def _mongo(uri: str) -> pymongo.MongoClient[dict[str, object]]:
    return pymongo.MongoClient(uri, serverSelectionTimeoutMS=30_000)


@pytest.mark.parametrize("service", stores())
def test_a_service_reads_and_writes_its_own_database_only(reach: Reach, service: str) -> None:
    with _mongo(reach.store(service)["MONGO_URI"]) as client:
        own = client.get_default_database()["things"]
        own.create_index("a")
        own.insert_one({"a": 1})
        with own.watch() as changes, suppress(StopIteration):
            changes.try_next()
        other = client["tickets" if service != "tickets" else "orders"]["things"]
        for act in (other.find_one, lambda: other.insert_one({"a": 1}), client.list_database_names):
            with pytest.raises(OperationFailure, match="not authorized"):
                act()
    with _mongo(reach.everything()[f"{service.upper()}_MONGO_URI"]) as operator:
        assert operator.get_default_database()["things"].count_documents({"a": 1}) == 1


def test_mongodb_answers_nobody_whom_it_does_not_know(reach: Reach) -> None:
    port = reach.mongo.port
    for login in ("", "tickets:wrong@"):
        with _mongo(f"mongodb://{login}127.0.0.1:{port}/tickets") as client:
            with pytest.raises(OperationFailure):
                client.get_default_database()["things"].find_one()


def test_passwords_of_the_stores_are_in_no_file_and_on_no_command_line(reach: Reach) -> None:
    passwords = [value for part in (reach.nats, reach.mongo) for value in part.environment.values()]
    known = [one for one in passwords if len(one) == 64] + [reach.data.password("redis", "timers")]
    assert len(known) > 5
    commands = [word for part in (reach.nats, reach.redis, reach.mongo) for word in part.command]
    files = [path for path in reach.data.path.rglob("*") if path.is_file()]
    texts = [path.read_bytes().decode(errors="replace") for path in files] + commands
    assert [one for one in known for text in texts if one in text] == []
