"""The real platform as a subprocess of the tests, and a visitor who uses it over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from ticketing.common.testing.servers import eventually, free_port
from ticketing.local import main

START_SECONDS = 180
STOP_SECONDS = 120


def run(
    data_dir: Path, port: int, *options: str, by: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Starts the runner as a person would; what it says goes to `terminal.txt` beside the data.

    Without limits on how often a visitor may ask, unless `--limits` is among the options.
    """
    command = [*by, sys.executable, "-m", main.__name__]
    arguments = ["--data-dir", str(data_dir), "--port", str(port), "--no-limits", *options]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with (data_dir.parent / "terminal.txt").open("a") as terminal:
        return subprocess.Popen(
            command + arguments,
            env=environment | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
            stdout=terminal,
            stderr=subprocess.STDOUT,
        )


class Platform:
    """A platform that runs from `start` to `stop`, as often as a test likes."""

    def __init__(self, directory: Path) -> None:
        self.data_dir = directory / "data directory"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._terminal = directory / "terminal.txt"
        self._runner: subprocess.Popen[bytes] | None = None

    @property
    def runner(self) -> subprocess.Popen[bytes]:
        assert self._runner is not None
        return self._runner

    def start(self, *options: str, by: Sequence[str] = ()) -> None:
        """`by` is the command line of a program that runs the runner."""
        self._terminal.write_text("")
        self._runner = run(self.data_dir, self.port, *options, by=by)
        try:
            eventually(self.is_ready, within=START_SECONDS)
        except AssertionError as error:
            error.add_note(self.tail())
            raise

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.runner.send_signal(number)
        return self.runner.wait(STOP_SECONDS)

    def kill_if_running(self) -> None:
        if self._runner is not None:
            self._runner.kill()
            self._runner.wait()

    def is_ready(self) -> bool:
        assert self.runner.poll() is None, f"the runner ended\n{self.tail()}"
        return bool(get(f"{self.url}/healthz").status_code == requests.codes.ok)

    def terminal(self) -> str:
        return self._terminal.read_text()

    def processes(self) -> dict[str, dict[str, Any]]:
        entries = json.loads((self.data_dir / "processes.json").read_text())
        return {entry["name"]: entry for entry in entries}

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Killed before the body begins and started anew only after it: the runner stands still."""
        gone, runner = self.processes()[name], psutil.Process(self.runner.pid)
        runner.suspend()
        try:
            eventually(lambda: runner.status() == psutil.STATUS_STOPPED)
            os.kill(gone["pid"], signal.SIGKILL)
            eventually(lambda: not _listens(gone["port"]))
            yield
        finally:
            runner.resume()

    def every_pid(self) -> set[int]:
        listed = {entry["pid"] for entry in self.processes().values()}
        family = psutil.Process(self.runner.pid).children(recursive=True)
        return listed | {process.pid for process in family}

    def tail(self, lines: int = 15) -> str:
        """The ends of the terminal and of all logs, for the report of a failed test."""
        files = [self._terminal, *sorted(self.data_dir.glob("logs/*.log"))]
        ends = ("\n".join(file.read_text().splitlines()[-lines:]) for file in files)
        return "\n".join(f"== {file.name}\n{end}" for file, end in zip(files, ends, strict=True))


def get(url: str, **options: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=60, **options)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if psutil.pid_exists(pid) and not _is_zombie(pid)}


def _is_zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
