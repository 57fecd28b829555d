"""Programs of ours as real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import requests

from ticketing.common.testing.servers import eventually, free_port

START_SECONDS = 60

Start = Callable[..., "Process"]
"""Starts `web` or `worker` with these environment variables."""


class Process:
    """One command of a program (what `python` is told to run), its log in a file."""

    def __init__(self, directory: Path, command: str, program: Sequence[str], **env: str) -> None:
        self.port = free_port()
        self._url = f"http://127.0.0.1:{self.port}"
        self._log = directory / f"{command}-{self.port}.log"
        path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
        own = {"PATH": os.environ["PATH"], "PYTHONPATH": path}
        if command == "web":  # no other has to do with tokens
            own["JWT_KEY"] = "k" * 32
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *program, command],
                env={**own, "HOST": "127.0.0.1", "PORT": str(self.port), **env},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        """All that the process wrote so far."""
        return self._log.read_text()

    def records(self, event: str) -> list[dict[str, Any]]:
        """The log records of this event; every whole line of the log must be a record."""
        whole, _, _ = self.said.rpartition("\n")
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if line["event"] == event]

    def get(self, path: str) -> requests.Response:
        return requests.get(self._url + path, timeout=30)

    def post(self, path: str, data: Any) -> requests.Response:
        headers = {"Content-Type": "application/json"}
        return requests.post(self._url + path, data=data, headers=headers, timeout=30)

    def ready(self) -> "Process":
        """Return once the process can do its work."""
        eventually(lambda: self.missing() == [], within=START_SECONDS)
        return self

    def missing(self) -> list[str]:
        """What it says that it lacks."""
        response = self.get("/readyz")
        missing: list[str] = response.json()["missing"]
        assert (response.status_code == 200) == (missing == [])
        return missing

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children(recursive=True)

    def memory(self) -> int:
        """The bytes that it holds in memory now, children not counted."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def exit_code(self, within: float = START_SECONDS) -> int:
        """Return once it has ended."""
        return self._process.wait(timeout=within)

    def stop(self) -> tuple[int, float]:
        """Ask it to end; its exit code and the seconds that it took."""
        start = time.monotonic()
        self.send(signal.SIGTERM)
        return self.exit_code(), time.monotonic() - start

    def clean_up(self) -> None:
        if self._process.poll() is None:
            for process in [*self.children(), psutil.Process(self._process.pid)]:
                process.kill()
            self._process.wait()
