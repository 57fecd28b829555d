"""Keeping one process alive, with small programs in the place of the real parts."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from ticketing.common.testing.servers import eventually
from ticketing.local.process import Part, Process
from ticketing.local.tests.running import alive

STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setpgid(0, 0)
    print("ERROR child", flush=True)
time.sleep(60)
"""


def test_a_process_that_dies_is_started_again_with_growing_pauses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pids: list[int] = []

    async def watch() -> None:
        async with _running(tmp_path, "raise SystemExit('no key')", pids):
            await _until(lambda: len(pids) == 3)

    asyncio.run(watch())
    assert capsys.readouterr().out.splitlines()[:4] == [
        "small ended (exit code 1) and is started again in 0.2 s",
        "small | no key",
        "small ended (exit code 1) and is started again in 0.4 s",
        "small | no key",
    ]
    assert alive(set(pids)) == set()


def test_a_stop_leaves_nothing_of_a_process_that_does_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ticketing.local.process.STOP_SECONDS", 0.2)
    pids: list[int] = []

    async def run() -> None:
        async with _running(tmp_path, STUBBORN, pids):
            await _until(lambda: "child" in (tmp_path / "small.log").read_text())
            pids.append(psutil.Process(pids[0]).children()[0].pid)

    asyncio.run(run())
    assert len(pids) == 2
    eventually(lambda: alive(set(pids)) == set())  # a killed process takes its moment to go


def test_warnings_are_shown_with_the_name_of_the_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = "print('INFO fine'); print('ERROR bad', flush=True); import time; time.sleep(60)"

    async def run() -> None:
        async with _running(tmp_path, program, []) as process:
            await _until(lambda: "bad" in (tmp_path / "small.log").read_text())
            process.report_warnings()

    asyncio.run(run())
    assert capsys.readouterr().out == "small | ERROR bad\n"


@asynccontextmanager
async def _running(directory: Path, program: str, pids: list[int]) -> AsyncIterator[Process]:
    """Adds to `pids` what is started."""

    def changed() -> None:
        if process.pid is not None:
            pids.append(process.pid)

    part = Part(
        name="small",
        command=(sys.executable, "-c", program),
        environment={"PATH": os.environ["PATH"]},
        port=0,
        is_ready=_never,
    )
    log = directory / "small.log"
    log.touch()
    process = Process(part, log, changed)
    async with asyncio.TaskGroup() as tasks:
        process.start(tasks)
        yield process
        await process.stop()


async def _never() -> bool:
    return False


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)
