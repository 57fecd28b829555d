"""How many messages a consumer takes in hand at once."""

from dataclasses import dataclass

LARGEST = 100
"""Bounds the consumer's memory."""
SECONDS = 0.5
"""How long a batch may take: what another worker, idle meanwhile, could have had of it."""


@dataclass
class Batch:
    """As many as are handled in about half a second; one at first, then twice as many each time."""

    size: int = 1

    def handled(self, count: int, seconds: float) -> None:
        """So many took so long: set the next size by that."""
        grown = self.size * 2 if count >= self.size else self.size
        bearable = int(SECONDS * count / seconds) if seconds > 0 else LARGEST
        self.size = max(1, min(grown, bearable, LARGEST))

    def alone(self) -> None:
        """One at a time, to begin with."""
        self.size = 1
