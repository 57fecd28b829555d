"""The two kinds of rows that tell of an order: how things stand, and what happened."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class State:
    """How a thing stands now, where it is kept."""

    where: str
    what: str
    id: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that happened; where its time is known `to_the_second` alone, it may stand before
    what led to it in that second.
    """

    at: datetime
    where: str
    what: str
    detail: str
    to_the_second: bool = False


Row = State | Entry


def facts(*given: object) -> str:
    """Those that are something, side by side."""
    return ", ".join(str(each) for each in given if each)
