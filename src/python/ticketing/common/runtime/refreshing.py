"""What a web process refreshes by the clock: the keys of tokens, and what was revoked."""

import threading
import time
from collections.abc import Callable
from typing import Any

from ticketing.common.core import health
from ticketing.common.core.logs import logger
from ticketing.common.identity.published_keys import PublishedKeys
from ticketing.common.runtime.service import Service

log = logger(__name__)

READ_EVERY = 1.0
"""Seconds after which a web process knows what its worker has written."""
REFRESH_EVERY = 10.0


def keep_current(service: Service[Any]) -> None:
    """Know from now on what is revoked and which keys count; returns once that is known."""
    if isinstance(service.token_keys, PublishedKeys):
        _keep_doing(service.token_keys.refresh, REFRESH_EVERY)
    if service.revocations is not None:
        health.wait_for({"revocations": service.revocations.read})
        _keep_doing(service.revocations.read, READ_EVERY)


def _keep_doing(what: Callable[[], None], every: float) -> None:
    threading.Thread(target=_repeat, args=(what, every), daemon=True).start()


def _repeat(what: Callable[[], None], every: float) -> None:
    failing = False
    while True:
        time.sleep(every)
        try:
            what()
            failing = False
        except Exception as error:  # whatever it is: who stopped here would hear of nothing more
            if not failing:
                log.warning("cannot hear of tokens, trying again", reason=repr(error))
            failing = True
