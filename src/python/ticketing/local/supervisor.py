"""Brings all processes up together, watches them, and stops them in order."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence

from ticketing.local import status
from ticketing.local.data_directory import DataDirectory
from ticketing.local.process import Part, Process, Stage
from ticketing.local.terminal import say

WATCH_SECONDS = 0.25
REMINDER_SECONDS = 15.0
# Taken when the program starts: when it changes, the parent has died.
PARENT = os.getppid()


class Supervisor:
    """Runs the parts from `run` until a signal, or the death of the parent process."""

    def __init__(self, parts: Sequence[Part], data: DataDirectory, status_port: int) -> None:
        self._data = data
        self._status_port = status_port
        self._stop = asyncio.Event()
        self._processes = [
            Process(part, data.log(part.name), self._write_processes) for part in parts
        ]

    async def run(self, when_ready: Callable[[], None]) -> None:
        """Calls `when_ready`, in a thread, once every part has been ready."""
        self._listen_for_signals()
        server = await status.serve(self._status_port, self._missing)
        async with asyncio.TaskGroup() as tasks:
            for process in self._processes:
                process.start(tasks)
            chores = [tasks.create_task(self._watch()), tasks.create_task(self._greet(when_ready))]
            await self._stop.wait()
            say("Stopping ...")
            for chore in chores:
                chore.cancel()
            server.close()
            await self._stop_in_order()
        say("Stopped.")

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        numbers = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
        if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:  # nohup has its way
            numbers.remove(signal.SIGHUP)
        for number in numbers:
            loop.add_signal_handler(number, self._stop.set)

    async def _missing(self) -> list[str]:
        ready = await asyncio.gather(*(process.is_ready() for process in self._processes))
        return [
            process.part.name
            for process, is_ready in zip(self._processes, ready, strict=True)
            if not is_ready
        ]

    async def _greet(self, when_ready: Callable[[], None]) -> None:
        while True:
            try:
                async with asyncio.timeout(REMINDER_SECONDS):
                    for process in self._processes:
                        await process.first_ready.wait()
                return await asyncio.to_thread(when_ready)
            except TimeoutError:
                say(f"Still waiting for {', '.join(await self._missing())}")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            for process in self._processes:
                process.report_warnings()
            if os.getppid() != PARENT:
                self._stop.set()

    async def _stop_in_order(self) -> None:
        for process in self._processes:
            process.retire()
        for stage in sorted(Stage, reverse=True):
            await asyncio.gather(
                *(process.stop() for process in self._processes if process.part.stage == stage)
            )

    def _write_processes(self) -> None:
        running = [process.entry() for process in self._processes if process.pid is not None]
        self._data.write_processes(running)
