"""How each fault is done, and how it ends."""

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import click
from redis import Redis
from redis.exceptions import RedisError

from ticketing.faults import stream
from ticketing.faults.running import PlatformError, RunningPlatform, send
from ticketing.faults.schedule import OF_STRIPE, WORKER, Fault, Kind
from ticketing.faults.stand_in import StandIn
from ticketing.local.terminal import say

GRACE = 30.0
"""Seconds after SIGTERM until a process is killed, as whatever runs it in earnest would."""
COMES_BACK = 90.0
"""Seconds within which the runner has to have started anew what was ended: it asks for 25 at most
and waits for 10 at most, on a machine that may be short of everything."""

Failures = type[Exception] | tuple[type[Exception], ...]


class Breaker:
    """Breaks a platform; `stand_in` holds the switches of its Stripe."""

    def __init__(self, platform: RunningPlatform, stand_in: StandIn) -> None:
        self._platform, self._stand_in = platform, stand_in

    def strike(self, faults: tuple[Fault, ...]) -> float:
        """All of them at once; the moment (of `time.monotonic`) when the last was over: its process
        was killed or continued, or its switch taken back. Returns when all processes run again.
        """
        with ThreadPoolExecutor(len(faults)) as pool:
            return max(pool.map(self._one, faults))

    def _one(self, fault: Fault) -> float:
        match fault.kind:
            case Kind.KILL:
                return self._end([fault.target], signal.SIGKILL)
            case Kind.RESTART:
                return self._end([fault.target], signal.SIGTERM)
            case Kind.BLACKOUT:
                return self._end(self._platform.names(), signal.SIGKILL)
            case Kind.FREEZE:
                return self._freeze([fault.target], fault.seconds)
            case Kind.STALL:
                workers = fault.target + WORKER
                names = [name for name in self._platform.names() if name.startswith(workers)]
                return self._freeze(names, fault.seconds)
            case Kind.FLUSH:
                return self._flush()
            case Kind.REPLAY:
                return self._replay(fault)
            case kind if kind in OF_STRIPE:
                self._stand_in.begin(fault)
                time.sleep(fault.seconds)
                self._stand_in.end(kind)
                return time.monotonic()
        raise ValueError(f"nobody knows how to do this: {fault}")

    def _end(self, names: list[str], number: signal.Signals) -> float:
        pids = {name: self._platform.pid(name) for name in names}
        send([pid for pid in pids.values() if pid is not None], number)
        ended = time.monotonic()
        deadline = ended + (GRACE if number is signal.SIGTERM else COMES_BACK)
        while left := [name for name, pid in pids.items() if not self._is_new(name, pid)]:
            if time.monotonic() > deadline and number is signal.SIGTERM:
                say(f"{', '.join(left)} did not end when asked, and is killed")
                return self._end(left, signal.SIGKILL)
            if time.monotonic() > deadline:
                raise PlatformError(f"did not come back after {number.name}: {', '.join(left)}")
            time.sleep(0.05)
        return ended

    def _is_new(self, name: str, old: int | None) -> bool:
        return self._platform.pid(name) not in (None, old)

    def _freeze(self, names: list[str], seconds: float) -> float:
        pids = [pid for name in names for pid in self._platform.session(name)]
        send(pids, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            send(pids, signal.SIGCONT)
        return time.monotonic()

    def _flush(self) -> float:
        url = self._platform.operator["REDIS_URL"]

        def flush() -> None:
            with Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as redis:
                redis.flushall()

        return _insist(flush, RedisError)

    def _replay(self, fault: Fault) -> float:
        operator, count = self._platform.operator, int(fault.strength)
        return _insist(
            lambda: stream.replay(operator, place=fault.place, count=count), click.ClickException
        )


def _insist(act: Callable[[], None], failures: Failures) -> float:
    """Act until it works, since the same round may have killed or frozen what is needed for it."""
    deadline = time.monotonic() + COMES_BACK
    while True:
        try:
            act()
            return time.monotonic()
        except failures:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
