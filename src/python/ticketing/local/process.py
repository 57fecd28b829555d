"""One process of the platform, kept alive."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import psutil

from ticketing.local.logfile import LogFile
from ticketing.local.probes import Probe
from ticketing.local.terminal import say

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
# A process that lived so long was well: when it dies, the pauses begin anew.
HEALTHY_SECONDS = 20.0
STOP_SECONDS = 25.0
PROBE_INTERVAL = 0.05
PR_SET_PDEATHSIG = 1


class Stage(IntEnum):
    """The order of stopping: highest first, so that nobody loses what it still needs."""

    INFRASTRUCTURE = 0
    WORKER = 1
    WEB = 2
    GATEWAY = 3


@dataclass(frozen=True, kw_only=True)
class Part:
    """What to run, and how to know that it is ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    port: int
    is_ready: Probe
    stage: Stage = Stage.INFRASTRUCTURE


class Process:
    """Runs a part in a session of its own until `stop`; a death leads to a new start."""

    def __init__(self, part: Part, log: Path, changed: Callable[[], None]) -> None:
        self.part = part
        self.log = LogFile(log)
        self.pid: int | None = None
        self.first_ready = asyncio.Event()
        self._changed = changed
        self._retired = False
        self._task: asyncio.Task[None] | None = None

    def start(self, tasks: asyncio.TaskGroup) -> None:
        self._task = tasks.create_task(self._keep_alive(), name=self.part.name)

    def retire(self) -> None:
        """From now on its end is no news, and no reason to start it again."""
        self._retired = True

    async def stop(self) -> None:
        """Ends the process and all of its session, by force if it does not end when asked."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def entry(self) -> dict[str, object]:
        log = str(self.log.path)
        return {"name": self.part.name, "pid": self.pid, "port": self.part.port, "log": log}

    async def is_ready(self) -> bool:
        return self.pid is not None and await self.part.is_ready()

    def report_warnings(self) -> None:
        for line in self.log.new_warnings():
            say(f"{self.part.name} | {line}")

    async def _keep_alive(self) -> None:
        pauses = _pauses()
        while True:
            started = time.monotonic()
            code = await self._run_once(started)
            if self._retired:
                return
            if time.monotonic() - started > HEALTHY_SECONDS:
                pauses = _pauses()
            pause = next(pauses)
            self.report_warnings()
            say(f"{self.part.name} ended ({_reason(code)}) and is started again in {pause:.1f} s")
            if code > 0:
                say(f"{self.part.name} | {self.log.last_line}")
            await asyncio.sleep(pause)

    async def _run_once(self, started: float) -> int:
        child = await self._spawn()
        self._set_pid(child.pid)
        announcement = asyncio.create_task(self._announce_ready(started))
        try:
            return await child.wait()
        except asyncio.CancelledError:
            await _end(child)
            raise
        finally:
            announcement.cancel()
            _kill_session(child.pid)
            self._set_pid(None)

    async def _spawn(self) -> asyncio.subprocess.Process:
        # The file is the child's own: nothing is lost or blocked when this process is slow or dead.
        with self.log.path.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *self.part.command,
                env=dict(self.part.environment),
                cwd=self.log.path.parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    async def _announce_ready(self, started: float) -> None:
        while not await self.is_ready():
            await asyncio.sleep(PROBE_INTERVAL)
        again = " again" if self.first_ready.is_set() else ""
        say(f"{self.part.name} ready{again} after {time.monotonic() - started:.1f} s")
        self.first_ready.set()

    def _set_pid(self, pid: int | None) -> None:
        self.pid = pid
        self._changed()


_libc = ctypes.CDLL(None)
_platform_pid = os.getpid()


def _die_with_parent() -> None:
    # In the child, between fork and exec. The kernel kills it when our main thread is gone, even
    # by SIGKILL; SIGKILL too, since nothing is left that could see to a process that lingers.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != _platform_pid:
        os._exit(1)


async def _end(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), STOP_SECONDS)
    except TimeoutError:
        _kill_session(child.pid)
        await child.wait()


def _kill_session(session: int) -> None:
    # A session, not a group: a child of a child may have made a group of its own.
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if os.getsid(pid) == session:
                os.kill(pid, signal.SIGKILL)


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
