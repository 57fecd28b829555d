"""The broker and Redis, run with what the manifests say: they know the users that they should."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from ticketing.common.testing.servers import Server
from ticketing.deploy.tests.manifests import OVERLAYS, Json, render
from ticketing.deploy.tests.pods import Pod, running, secrets_for
from ticketing.registry import access


def pod(overlay: str, name: str) -> tuple[Pod, dict[str, str]]:
    """With its environment."""
    manifests = render(overlay)
    (found,) = (each for each in running(manifests) if each.name == name)
    return found, found.environment(secrets_for(manifests))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_broker_understands_its_configuration(overlay: str, tmp_path: Path) -> None:
    nats, env = pod(overlay, "nats-0")
    for _, files in nats.files():
        for name, text in files.items():
            (tmp_path / name).write_text(text)
    command = [str(Path(sys.prefix) / "bin/nats-server"), "-t"]
    command += ["--config", str(tmp_path / "nats.conf")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("valid")) == (0, 1), done.stderr


class DeployedRedis(Server):
    """As a manifest says, but for its address and directory."""

    program, scheme = "redis-server", "redis"

    def __init__(self, directory: Path, arguments: list[str]) -> None:
        super().__init__(directory)
        self._arguments = arguments

    def options(self) -> list[str]:
        own = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory)]
        return [*self._arguments, *own]


@pytest.fixture(params=OVERLAYS)
def redis(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[DeployedRedis, Json]]:
    found, env = pod(request.param, "expiration-redis-0")
    server = DeployedRedis(tmp_path, _elsewhere(found.arguments(env)))
    server.start()
    yield server, env
    server.kill()


def test_redis_knows_the_users_of_the_local_platform(redis: tuple[DeployedRedis, Json]) -> None:
    server, env = redis
    operator = _client(server, access.OPERATOR, env["REDIS_OPERATOR"])
    for user, rules in access.REDIS.items():
        known = operator.acl_getuser(user) or {}
        operator.acl_setuser("as-meant", reset=True)
        operator.execute_command("ACL", "SETUSER", "as-meant", *rules.split())  # type: ignore[no-untyped-call]
        meant = operator.acl_getuser("as-meant") or {}
        for what in ("commands", "keys", "channels"):
            assert known[what] == meant[what], user
        assert _client(server, user, env[f"REDIS_{user.upper()}"]).ping()


def test_a_probe_that_gives_no_password_hears_that_redis_is_there_and_no_more(
    redis: tuple[DeployedRedis, Json],
) -> None:
    server, _ = redis
    anybody = Redis.from_url(server.url)
    assert anybody.ping()
    with pytest.raises(NoPermissionError):
        anybody.get("rq:queue:expiration")


def _elsewhere(arguments: list[str]) -> list[str]:
    """Without the directory: Redis would go there before it hears of another."""
    return arguments[: arguments.index("--dir")] + arguments[arguments.index("--dir") + 2 :]


def _client(server: DeployedRedis, user: str, password: str) -> Redis:
    return Redis(port=server.port, username=user, password=password)
