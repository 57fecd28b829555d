"""The sample service's workers, under a parent that starts another when one is killed.

A note whose hearing takes "for ever" kills the worker that hears it. The parent has all modules
loaded, so that a new worker is there at once; messages of a dead one come again in a second.
"""

import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from ticketing.common.core.logs import logger
from ticketing.common.core.settings import read
from ticketing.common.messaging.settings import BrokerSettings
from ticketing.common.runtime.run import start
from ticketing.common.runtime.service import Service
from ticketing.common.runtime.worker import work
from ticketing.common.tests import sample

log = logger(__name__)

ACK_WAIT = 1.0
DEADLY = "for ever"


class MortalNotes(sample.Notes):
    def hear(self, id: str, seconds: str) -> None:
        if seconds == DEADLY:
            log.info("killed")
            os.kill(os.getpid(), signal.SIGKILL)
        super().hear(id, seconds)


def build(env: Mapping[str, str]) -> Service[Any]:
    service = sample.build(env)
    service.use_cases.__class__ = MortalNotes
    return service


def one_worker() -> None:
    work(start(build), read(BrokerSettings, os.environ), ack_wait=ACK_WAIT)


def supervise() -> int:
    """Have a worker until one ends by itself; its exit code."""
    while True:
        child = os.fork()
        if child == 0:
            one_worker()
            os._exit(0)
        signal.signal(signal.SIGTERM, lambda *_, child=child: os.kill(child, signal.SIGTERM))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(supervise())
