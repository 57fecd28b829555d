"""What was asked and answered, in one table, and what may not be."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.table import Table

from ticketing.fuzz.asking import Asked

CLASSES = "2345"


class Report:
    """Of all runs against one platform."""

    def __init__(self, runs: Sequence[Asked]) -> None:
        self._runs = runs
        self._counts = sum((run.counts for run in runs), Counter[str]())

    def server_errors(self) -> Iterator[str]:
        """A line for each route and status that is a fault of the platform without a doubt."""
        for key, count in sorted(self._counts.items()):
            if key.rpartition(" ")[2].startswith("5"):
                yield f"{key}: {count} times"

    def failures(self) -> Iterator[str]:
        """One line or more for each; none where all is well."""
        yield from self.server_errors()
        for run in self._runs:
            if not run.counts:
                yield f"{run.who}: nothing was asked\n{run.said}"
            elif not run.passed:
                yield f"{run.who}: {_complaints(run.said)}"

    def table(self) -> Table:
        """A row for each route, by the class of the status."""
        total = sum(self._counts.values())
        table = Table(title=f"{total} requests", title_justify="left")
        for name in ("route", "requests", *(f"{one}xx" for one in CLASSES)):
            table.add_column(name, justify="left" if name == "route" else "right")
        for route in sorted({key.rpartition(" ")[0] for key in self._counts}):
            table.add_row(route, *self._row(route + " "))
        table.add_section()
        table.add_row("all", *self._row(""))
        return table

    def by_status(self) -> str:
        """How often each status was answered."""
        statuses: Counter[str] = Counter()
        for key, count in self._counts.items():
            statuses[key.rpartition(" ")[2]] += count
        return ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))

    def _row(self, start: str) -> list[str]:
        mine = {key: count for key, count in self._counts.items() if key.startswith(start)}
        by_class = [
            sum(count for key, count in mine.items() if key.rpartition(" ")[2].startswith(one))
            for one in CLASSES
        ]
        return [str(count or "") for count in (sum(mine.values()), *by_class)]


def _complaints(said: str) -> str:
    """From where schemathesis names what it found; all of it, where it found nothing."""
    starts = [said.find(title) for title in ("= ERRORS =", "= FAILURES =")]
    return said[min((start for start in starts if start >= 0), default=0) :]
