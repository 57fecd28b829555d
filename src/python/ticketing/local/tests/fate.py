"""What may happen to a process between any two of its operations on the world outside."""

from collections.abc import Callable
from typing import Any

from ticketing.common.testing.services import Interrupted


class Died(BaseException):
    """The process was killed: nothing that it would have done next happens."""


class Fate:
    """Counts the operations of everything made with it; before one of them, something happens."""

    def __init__(self) -> None:
        self._left = 0
        self._step: Callable[[], object] = lambda: None

    def strike(self, n: int, step: Callable[[], object]) -> None:
        """Have `step` happen before the n-th operation from now, counted from 1."""
        self._left, self._step = n, step

    def rest(self) -> None:
        """Nothing happens any more."""
        self._left = 0

    @property
    def rests(self) -> bool:
        """Whether nothing can happen between two operations now."""
        return self._left <= 0

    def operate(self) -> None:
        """An operation is about to happen."""
        self._left -= 1
        if self._left == 0:
            self._step()


def die() -> None:
    """A step for `Fate.strike`."""
    raise Died


class FatedDatabase(Interrupted):
    """A database whose every operation is counted by a `Fate`, which may have several."""

    def __init__(self, database: Any, fate: Fate) -> None:
        super().__init__(database, 0, lambda: None)
        self.unfated = database
        self._fate = fate

    def operate(self) -> None:
        """Count one operation."""
        self._fate.operate()
