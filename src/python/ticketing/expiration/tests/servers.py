"""Real servers and real processes of the expiration service, on free ports of this machine."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import requests
from redis import Redis
from redis.exceptions import RedisError

BIN = pathlib.Path(sys.prefix) / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Return once the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


@dataclass
class Server:
    """A process of a server that can be killed and started again on its port."""

    directory: pathlib.Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        """Start, and return once it listens."""
        self.process = subprocess.Popen(
            self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self.is_up)

    def is_up(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class RedisServer(Server):
    """With an append-only file, as in production."""

    def command(self) -> list[str]:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self.directory}
        flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        return [str(BIN / "redis-server"), *flags, "--save", "", "--appendonly", "yes"]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def is_up(self) -> bool:
        try:
            with Redis.from_url(self.url) as redis:
                return bool(redis.ping())
        except RedisError:
            return False


class NatsServer(Server):
    """With JetStream."""

    def command(self) -> list[str]:
        where = ["-a", "127.0.0.1", "-p", str(self.port)]
        return [str(BIN / "nats-server"), *where, "-js", "-sd", str(self.directory)]

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"


class ServiceProcess:
    """One of the service's commands, as it runs in production."""

    def __init__(self, command: str, redis: RedisServer, nats: NatsServer) -> None:
        self.port = free_port()
        settings = {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "REDIS_URL": redis.url,
            "NATS_URL": nats.url,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ticketing.expiration.main", command],
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
        )

    def ready(self) -> Any:
        """What /readyz says: the status and the body; None while nothing answers."""
        try:
            reply = requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5)
        except requests.ConnectionError:
            return None
        return reply.status_code, reply.json()

    def wait_until_ready(self) -> None:
        until(lambda: self.ready() == (200, {"ready": True, "missing": []}), 20)

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
