"""What buyers look for among the tickets on sale, and the order in which they see it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category, normalize

from ticketing.tickets.model import Ticket

LETTERS = 30
"""Bounds what a title of one endless word takes up in an index."""


class Sort(StrEnum):
    """Which tickets come first."""

    NEWEST = "newest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


@dataclass(frozen=True, kw_only=True)
class Search:
    """Each of `words` begins a word of the title; prices are in cents, both ends included.

    `cursor` is the place (below) of the ticket after which to go on.
    """

    words: list[str]
    min_price: int | None
    max_price: int | None
    sort: Sort
    cursor: str | None


def words(text: str) -> list[str]:
    """The different words of a text without case and accents, in alphabetical order.

    Of a word longer than 30 letters these are all that counts.
    """
    letters = normalize("NFKD", normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in letters if not category(letter).startswith("M"))
    return sorted({word[:LETTERS] for word in re.findall(r"\w+", bare)})


def beginnings(text: str) -> list[str]:
    """All that the words of a text can begin with, they themselves included."""
    return sorted({word[:end] for word in words(text) for end in range(1, len(word) + 1)})


def by_price(ticket: Ticket) -> str:
    """Sorts tickets by price, the older of equal ones first; no two are the same."""
    return f"{ticket.price:08d}-{ticket.id}"


def place(ticket: Ticket, sort: Sort) -> str:
    """Where the ticket stands in a list of this order."""
    return ticket.id if sort is Sort.NEWEST else by_price(ticket)
