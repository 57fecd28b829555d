"""What became of the requests, and what the platform promised in its answers."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from ticketing.ops.books import Books
from ticketing.ops.violation import Violation

REDUCED = ", reduced"
"""How the title of a ticket ends that its seller has changed."""


class Outcome(StrEnum):
    """What became of a request, as its sender sees it."""

    DONE = "done (2xx)"
    REFUSED = "refused (4xx)"
    BUSY = "asked to try again (409)"
    UNAVAILABLE = "asked to try again (503)"
    NO_SERVICE = "the gateway reached nobody (502, 504)"
    FAULT = "something went wrong (500)"
    LATE = "no answer in time"
    CUT = "no connection"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back over HTTP; `replayed` where the platform says that it was the first answer."""

    status: int
    body: bytes
    replayed: bool = False

    @property
    def outcome(self) -> Outcome:
        match self.status:
            case 409:
                return Outcome.BUSY
            case 500:
                return Outcome.FAULT
            case 503:
                return Outcome.UNAVAILABLE
            case status if status > 500:
                return Outcome.NO_SERVICE
            case status if status >= 400:
                return Outcome.REFUSED
        return Outcome.DONE

    @property
    def is_final(self) -> bool:
        """Whether the same key is to be answered so for ever."""
        return self.outcome in (Outcome.DONE, Outcome.REFUSED)

    @property
    def done(self) -> bool:
        return self.outcome is Outcome.DONE

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Tally:
    """Counts requests by what was asked and what came of it; for all threads."""

    counts: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, outcome: Outcome) -> None:
        with self.lock:
            self.counts[what, outcome] += 1

    def now(self) -> Counter[tuple[str, Outcome]]:
        """A copy."""
        with self.lock:
            return Counter(self.counts)


@dataclass
class Promises:
    """What the platform's answers have promised, to be held against its books; for all threads."""

    tickets: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    paid: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    broken: list[Violation] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note_answer(self, key: str, answer: Answer) -> None:
        """Every final answer to an idempotency key must be like the first."""
        if not answer.is_final:
            return
        with self.lock:
            first = self.answers.setdefault(key, answer)
        if (first.status, first.body) != (answer.status, answer.body):
            what = f"an idempotency key was answered {first.status} and then {answer.status}"
            bodies = (first.body.decode()[:150], answer.body.decode()[:150])
            self.broken.append(Violation(rule=0, what=what, ids=(key, *bodies)))

    def check(self, books: Books) -> Iterator[Violation]:
        """Everything that was promised and is not so."""
        yield from self.broken
        yield from _lost("a ticket", self.tickets, (each["_id"] for each in books.tickets))
        yield from _lost("an order", self.orders, (each["_id"] for each in books.orders))
        paid = (each for each in books.payments if each["status"] in ("succeeded", "refunded"))
        yield from _lost("a paid payment", set(self.paid), (each["_id"] for each in paid))
        titles = Counter(each["title"].removesuffix(REDUCED) for each in books.tickets)
        for title in sorted(self.titles):
            if titles[title] > 1:
                what = f"a ticket was made {titles[title]} times under one idempotency key"
                yield Violation(rule=0, what=what, ids=(title,))


def _lost(what: str, promised: set[str], there: Iterable[str]) -> Iterator[Violation]:
    for id in sorted(promised - set(there)):
        yield Violation(rule=0, what=f"{what} that was answered for is lost", ids=(id,))
