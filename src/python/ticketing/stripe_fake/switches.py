"""Switches for what goes wrong with Stripe: slow, failing, silent, and webhooks as they may come.

They are kept with the rest, so they stay over a restart. What they leave to chance follows `seed`.
"""

import random
import threading
from enum import Enum
from typing import Annotated

import msgspec

from ticketing.stripe_fake.store import Store

SHUFFLED_WITHIN = 2.0
"""Seconds within which shuffled webhooks come in any order."""

Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Faults(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`delay` is before every answer of the API; of its calls the share `fail` is answered with
    status 500, the share `silent` never, each time one half of them after the effect.

    A webhook starts `webhook_delay` late and comes `webhook_repeats` times more, or never for the
    share `webhook_loss`.
    """

    delay: Seconds = 0.0
    fail: Share = 0.0
    silent: Share = 0.0
    webhook_delay: Seconds = 0.0
    webhook_repeats: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    webhook_loss: Share = 0.0
    webhook_shuffle: bool = False
    seed: int = 0


class Fate(Enum):
    """What becomes of one call: each value has what it is answered with and whether it works."""

    ANSWERED = ("answer", True)
    FAILED_BEFORE = ("error", False)
    FAILED_AFTER = ("error", True)
    SILENT_BEFORE = ("nothing", False)
    SILENT_AFTER = ("nothing", True)


class Switchboard:
    """The switches as they are set; safe to use from every thread.

    Once `closing` is set, nobody who is made to wait is made to wait any longer.
    """

    def __init__(self, store: Store) -> None:
        self._store, self._guard = store, threading.Lock()
        self.closing = threading.Event()
        store.due_times = self.due_times
        with store.transaction() as book:
            self._put(msgspec.convert(book.switches(), Faults))

    def _put(self, faults: Faults) -> None:
        with self._guard:
            self.faults = faults
            self._random = random.Random(faults.seed)  # nosec B311  # a plan, no secret

    def set(self, faults: Faults) -> None:
        """Keep these and follow them from now on."""
        with self._store.transaction() as book:
            book.set_switches(msgspec.to_builtins(faults))
        self._put(faults)

    def fate(self) -> Fate:
        """What becomes of the next call."""
        with self._guard:
            drawn, after = self._random.random(), self._random.random() < 0.5
        if drawn < self.faults.fail:
            return Fate.FAILED_AFTER if after else Fate.FAILED_BEFORE
        if drawn < self.faults.fail + self.faults.silent:
            return Fate.SILENT_AFTER if after else Fate.SILENT_BEFORE
        return Fate.ANSWERED

    def due_times(self, now: float) -> list[float]:
        """When a new event's webhook is to be sent for the first time, and its repetitions."""
        faults = self.faults
        within = SHUFFLED_WITHIN if faults.webhook_shuffle else 0.0
        with self._guard:
            if self._random.random() < faults.webhook_loss:
                return []
            return [
                now + faults.webhook_delay + self._random.uniform(0, within)
                for _ in range(1 + faults.webhook_repeats)
            ]
