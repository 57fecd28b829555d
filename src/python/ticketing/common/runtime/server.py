"""Serving a Flask application with granian: one worker process, a few blocking threads."""

import ctypes
import gc
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial

from flask import Flask
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

THREADS = 16
"""Requests in progress at once; most of their time they wait for a database or for Stripe."""
GRACE = 20
"""Seconds that requests in progress get to finish after SIGTERM."""
MAX_HEADERS = 32 * 1024
"""Bytes of a request's first line and headers, of which there may be 100; more is 431."""
HEADERS_WITHIN = 10
"""Seconds for them to arrive, from the first byte on."""

_LOGGING = {"formatters": {}, "handlers": {}, "loggers": {"_granian": {"propagate": True}}}


def serve(load: Callable[[], Flask], host: str, port: int, threads: int = THREADS) -> None:
    """Answer HTTP until SIGTERM, then finish the requests in progress and return.

    The application is loaded in the worker process: no connection or thread survives a fork.
    """
    server = MPServer(
        target="",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_WITHIN * 1000, max_buffer_size=MAX_HEADERS
        ),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    )
    server.main_loop_interrupt = WakefulEvent()
    server.serve(target_loader=partial(_load, load), wrap_loader=False)


class WakefulEvent(threading.Event):
    """One whose waiting thread wakes every second to handle signals: one that arrives while the
    process is frozen (SIGSTOP) may reach another thread, and does not wake this one.
    """

    def wait(self, timeout: float | None = None) -> bool:
        """Wait as an event does; without a timeout, a second at a time."""
        if timeout is not None:
            return super().wait(timeout)
        while not super().wait(1.0):
            continue
        return True


def _load(load: Callable[[], Flask]) -> Flask:
    _die_with_parent()
    app = load()
    gc.freeze()
    return app


def _die_with_parent() -> None:
    """Ask Linux to kill this process if its master is killed: it would keep the port, unwatched.

    Not SIGTERM: as the master's threads end one by one the kernel sends the signal several times,
    and granian's handler hangs if it is interrupted by a second one.
    """
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
