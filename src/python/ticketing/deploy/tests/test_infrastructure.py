"""The broker and Redis, run with what the manifests say: they know the users that they should."""

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from ticketing.common.testing.servers import Server
from ticketing.deploy.tests.manifests import OVERLAYS, render
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


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_redis_takes_its_users_by_their_passwords_and_nobody_else(
    overlay: str, tmp_path: Path
) -> None:
    found, env = pod(overlay, "expiration-redis-0")
    server = DeployedRedis(tmp_path, _elsewhere(found.arguments(env)))
    server.start()
    try:
        for user in access.REDIS:
            password = env[f"REDIS_{user.upper()}"]
            assert Redis(port=server.port, username=user, password=password).ping()
        anybody = Redis.from_url(server.url)
        assert anybody.ping()  # a probe's
        with pytest.raises(NoPermissionError):
            anybody.get("rq:queue:expiration")
    finally:
        server.kill()


def _elsewhere(arguments: list[str]) -> list[str]:
    """Without the directory: Redis would go there before it hears of another."""
    return arguments[: arguments.index("--dir")] + arguments[arguments.index("--dir") + 2 :]
