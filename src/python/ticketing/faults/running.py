"""The real local platform as a child, on data of its own, and the processes that it consists of."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import requests

from ticketing.local import main as local
from ticketing.local.infra import inherited, python_path
from ticketing.local.ports import Ports
from ticketing.ops.platform import Platform

START = 120.0
"""Seconds for all of it to be ready on a machine with little to spare."""
STOP = 60.0


class PlatformError(Exception):
    """The platform did not do what everything else needs; the text says what."""


class RunningPlatform:
    """Runs from `start` to `stop`; what it says goes to `terminal.txt` beside its data."""

    def __init__(self, directory: Path, *, hold_seconds: int, workers: int) -> None:
        self.data_dir = directory / "data"
        self.terminal = directory / "terminal.txt"
        holds, processes = ("--hold-seconds", str(hold_seconds)), ("--workers", str(workers))
        # Every buyer here comes from one address, and visits more often than people can.
        self._options = (*holds, *processes, "--no-limits")
        # From the range that is not for outgoing connections, as for its inner ports.
        self._port = Ports().take()
        self.url = f"http://127.0.0.1:{self._port}"
        self._runner: subprocess.Popen[bytes] | None = None
        self._books: Platform | None = None

    @property
    def operator(self) -> Platform:
        """As an operator reaches it; never by what this program's own environment tells of."""
        self._books = self._books or Platform.find(self.data_dir, {})
        return self._books

    @property
    def stripe_url(self) -> str:
        return self.operator["STRIPE_API_BASE"]

    def start(self) -> None:
        """Returns when all parts are ready; raises PlatformError."""
        command = [sys.executable, "-m", local.__name__, "--port", str(self._port)]
        with self.terminal.open("w") as terminal:
            self._runner = subprocess.Popen(
                [*command, "--data-dir", str(self.data_dir), *self._options],
                env={**inherited(), "PYTHONPATH": python_path(), "PYTHONUNBUFFERED": "1"},
                stdout=terminal,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START
        while self.missing() != []:
            if time.monotonic() > deadline:
                raise PlatformError(f"never ready: {self.missing()}, see {self.terminal}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ends it in good order, or by force; nothing to do if it does not run."""
        if self._runner is None:
            return
        self._runner.send_signal(signal.SIGTERM)
        try:
            self._runner.wait(STOP)
        except subprocess.TimeoutExpired:
            self._runner.kill()  # its processes die with it
            self._runner.wait()
        self._runner = None

    def missing(self) -> list[str] | None:
        """The parts that are not ready; None where not even that can be told."""
        assert self._runner is not None
        if self._runner.poll() is not None:
            raise PlatformError(f"the runner ended with {self._runner.returncode}")
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.get(f"{self.url}/healthz", timeout=3).json()
                return list(answer["missing"])
            except (requests.RequestException, ValueError):
                return None

    def names(self) -> list[str]:
        """Of all processes that run, sorted."""
        return sorted(self._pids())

    def pid(self, name: str) -> int | None:
        """None while it does not run."""
        return self._pids().get(name)

    def session(self, name: str) -> list[int]:
        """The process with all its children, first itself; none while it does not run."""
        leader = self.pid(name)
        return [] if leader is None else [leader, *_others_of(leader)]

    def _pids(self) -> dict[str, int]:
        """Only what is really the runner's own: a number may be another's by now."""
        assert self._runner is not None
        try:
            entries = json.loads((self.data_dir / "processes.json").read_text())
        except OSError:
            return {}
        pids = {str(entry["name"]): int(entry["pid"]) for entry in entries}
        return {name: pid for name, pid in pids.items() if _parent(pid) == self._runner.pid}


def send(pids: list[int], number: signal.Signals) -> None:
    """To each of them that is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _others_of(session: int) -> list[int]:
    members = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if pid != session and os.getsid(pid) == session:
                members.append(pid)
    return members


def _parent(pid: int) -> int | None:
    try:
        return int(psutil.Process(pid).ppid())
    except psutil.NoSuchProcess:
        return None
