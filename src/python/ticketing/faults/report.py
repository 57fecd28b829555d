"""What a run came to, as one table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from ticketing.common.core.events import OrderCancelled
from ticketing.faults.record import Record, Struck
from ticketing.faults.tally import Outcome, Tally
from ticketing.ops.books import Books
from ticketing.ops.violation import Violation

LISTED = 30
"""Violations that are shown; the rest are counted."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """`rest` is how many seconds it took to come to rest, None where it never did."""

    seed: int
    minutes: float
    record: Record
    tally: Tally
    books: Books
    rest: float | None
    violations: Sequence[Violation]

    def table(self) -> Table:
        title = f"{self.minutes:g} minutes of faults, seed {self.seed}"
        table = Table(title=title, box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)
        table.add_column("")
        table.add_column("count", justify="right")
        table.add_column("slowest recovery", justify="right")
        table.add_column("median", justify="right")
        for rows in (self._faults(), self._orders(), self._requests(), self._verdict()):
            for row in rows:
                table.add_row(*row)
            table.add_section()
        return table

    def _faults(self) -> list[tuple[str, ...]]:
        rows = [
            (kind.value, str(len(struck)), *_recovery(struck))
            for kind, struck in self.record.by_kind().items()
        ]
        return [
            *rows,
            ("[bold]faults", str(len(self.record.struck)), *_recovery(self.record.struck)),
        ]

    def _orders(self) -> list[tuple[str, ...]]:
        ends = Counter(_end(order) for order in self.books.orders)
        rows = [(f"orders {end}", str(count)) for end, count in sorted(ends.items())]
        lateness = f"{_latest(self.books):.1f} s"
        return [
            *rows,
            ("[bold]orders", str(len(self.books.orders))),
            ("latest end of a hold, after its time", "", lateness),
        ]

    def _requests(self) -> list[tuple[str, ...]]:
        counts: Counter[Outcome] = Counter()
        for (_, outcome), count in self.tally.now().items():
            counts[outcome] += count
        rows = [
            (f"requests: {outcome}", str(counts[outcome])) for outcome in Outcome if counts[outcome]
        ]
        return [*rows, ("[bold]requests", str(counts.total()))]

    def _verdict(self) -> list[tuple[str, ...]]:
        rest = "never" if self.rest is None else f"{self.rest:.1f} s"
        color = "red" if self.violations else "green"
        return [
            ("at rest after", "", rest),
            (f"[bold {color}]violations", f"[bold {color}]{len(self.violations)}"),
            *((f"[red]{violation}",) for violation in self.violations[:LISTED]),
        ]


def _recovery(struck: Sequence[Struck]) -> tuple[str, str]:
    seconds = sorted(each.recovery for each in struck)
    if not seconds:
        return "", ""
    return f"{seconds[-1]:.1f} s", f"{seconds[len(seconds) // 2]:.1f} s"


def _end(order: dict[str, object]) -> str:
    """The state that an order ended in, as its buyer would tell it."""
    if order["status"] == "cancelled":
        ended = "expired" if order.get("expired") else "cancelled"
        return f"{ended}, refunded" if order["refunded"] else ended
    return str(order["status"])


def _latest(books: Books) -> float:
    """Seconds from `expiresAt` to the end of the hold that outlived it the longest."""
    expired = {str(order["_id"]) for order in books.orders if order.get("expired")}
    late = [
        (event.occurred_at - event.order.expires_at).total_seconds()
        for event in books.told or ()
        if isinstance(event, OrderCancelled) and event.order.id in expired
    ]
    return max(late, default=0.0)
