"""The switches of the Stripe stand-in: several faults may have their hand on them at once."""

import threading
import time
from collections.abc import Mapping
from typing import Any

import requests

from ticketing.faults.schedule import Fault, Kind

PATIENCE = 60.0
"""Seconds to get through to the stand-in, which may be dead or frozen itself."""


class StandIn:
    """What is set stays so until it is taken back, even if the stand-in is killed meanwhile."""

    def __init__(self, url: str, seed: int) -> None:
        self._url, self._seed = f"{url}/test/faults", seed
        self._lock = threading.Lock()
        self._set: dict[Kind, Mapping[str, Any]] = {}

    def begin(self, fault: Fault) -> None:
        with self._lock:
            self._set[fault.kind] = switches(fault)
            self._put()

    def end(self, kind: Kind) -> None:
        with self._lock:
            self._set.pop(kind, None)
            self._put()

    def well(self) -> None:
        """Take everything back."""
        with self._lock:
            self._set.clear()
            self._put()

    def _put(self) -> None:
        wanted: dict[str, Any] = {"seed": self._seed}
        for each in self._set.values():
            wanted |= each
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with requests.Session() as session:
                    session.trust_env = False
                    session.put(self._url, json=wanted, timeout=2).raise_for_status()
                return
            except (requests.ConnectionError, requests.Timeout):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


def switches(fault: Fault) -> Mapping[str, Any]:
    """What the stand-in is told for this fault."""
    match fault.kind:
        case Kind.STRIPE_SLOW:
            return {"delay": fault.strength}
        case Kind.STRIPE_FAILING:
            return {"fail": fault.strength}
        case Kind.STRIPE_SILENT:
            return {"silent": fault.strength}
        case Kind.WEBHOOKS_LATE:
            return {"webhookDelay": fault.strength}
        case Kind.WEBHOOKS_DOUBLED:
            return {"webhookRepeats": int(fault.strength)}
        case Kind.WEBHOOKS_LOST:
            return {"webhookLoss": fault.strength}
        case Kind.WEBHOOKS_SHUFFLED:
            return {"webhookShuffle": True}
    raise ValueError(f"{fault.kind} is nothing that the stand-in does")
