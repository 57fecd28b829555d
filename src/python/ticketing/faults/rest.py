"""When a platform is at rest: nothing is on its way, in doubt or held."""

import time
from collections.abc import Iterator

import click
from pymongo.errors import PyMongoError

from ticketing.faults import stream
from ticketing.faults.running import RunningPlatform
from ticketing.ops.platform import Platform
from ticketing.registry.declarations import stores

DEADLINE = 240.0
"""Seconds: a message that met a dead database at its seventh try waits for a minute, and one that
was out of sight may do so twice."""
LOOKS = 2
"""How often in a row, a second apart, there must be nothing left."""


class RestlessError(Exception):
    """The platform does not come to rest; the text says what is left."""


def wait_for_rest(platform: RunningPlatform) -> float:
    """How many seconds it took; raises RestlessError."""
    began = time.monotonic()
    quiet = 0
    while quiet < LOOKS:
        left = what_is_left(platform)
        quiet = 0 if left else quiet + 1
        if left and time.monotonic() - began > DEADLINE:
            raise RestlessError("; ".join(left))
        if quiet < LOOKS:
            time.sleep(1.0)
    return time.monotonic() - began


def what_is_left(platform: RunningPlatform) -> list[str]:
    """A sentence for everything that is not at rest."""
    if missing := platform.missing():
        return [f"not ready: {', '.join(missing)}"]
    try:
        return list(_left(platform.operator))
    except (PyMongoError, click.ClickException) as error:
        return [f"cannot look: {error!r}"]


def _left(platform: Platform) -> Iterator[str]:
    held = platform.database("orders")["orders"].find({"status": {"$in": _HELD}}, {"_id": True})
    if count := len(list(held)):
        yield f"{count} orders hold their tickets"
    doubts = platform.database("payments")["payments"].find({"status": {"$in": _DOUBTFUL}}, {})
    if count := len(list(doubts)):
        yield f"{count} payments are in doubt"
    for name in stores():
        for store in platform.service(name).stores:
            if store.pending(1):
                yield f"events wait in the outboxes of {name}"
    for consumer, count in stream.unfinished(platform).items():
        yield f"{consumer} has {count} messages before it"


_HELD = ["created", "awaiting:payment"]
_DOUBTFUL = ["processing", "requires_action"]
