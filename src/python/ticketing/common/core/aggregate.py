"""State that changes as one, under one version, and the events that tell of its changes."""

from collections.abc import Collection
from dataclasses import dataclass, field

from ticketing.common.core.errors import Changed
from ticketing.common.core.event import Event

Versions = Collection[int] | None
"""Those at which to act; None is any."""


@dataclass(kw_only=True)
class Aggregate:
    """The root of one document.

    `version` is -1 until the first change, then grows by one with each. One save stores one change.
    """

    id: str
    version: int = -1
    changed: bool = False
    events: list[Event] = field(default_factory=list)

    def check_version(self, versions: Versions) -> None:
        """Raise Changed unless it is at one of these versions."""
        if versions is not None and self.version not in versions:
            raise Changed

    def change(self) -> str:
        """Begin the next change; returns the id for the event that will tell of it."""
        self.version += 1
        self.changed = True
        return f"{self.id}-{self.version}"

    def saved(self) -> None:
        """The change is stored and its events are in the outbox."""
        self.changed = False
        self.events.clear()
