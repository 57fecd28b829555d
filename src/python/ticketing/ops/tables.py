"""What the operator reads: tables and lines that say the same on a screen and in a pipe."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

UNBOUNDED = 10_000
"""Columns of a pipe: nothing is cut off or wrapped there, since a script may read it."""
NARROW = 8
"""Characters that a column is left with before ids and times are folded."""


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; a cell too long for the screen is folded, and never cut off.

    Ids, numbers and times are the last to be.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    say(Text(title, style="bold"))
    say(_grid(columns, cells) if cells else "none")
    say("")


def _grid(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Table:
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(columns))
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    least = (
        width if _whole(column) else min(width, NARROW)
        for column, width in zip(columns, widths, strict=True)
    )
    fits = sum(each + 2 for each in least) <= Console().width
    for column in columns:
        whole = fits and _whole(column)
        shown.add_column(column, overflow="fold", header_style="dim", no_wrap=whole)
    for row in cells:
        shown.add_row(*map(Text, row))
    return shown


def _whole(column: str) -> bool:
    return column in ("id", "number") or column.endswith("(UTC)")


def say(line: Table | Text | str) -> None:
    """Print, in colours only on a screen."""
    console = Console(highlight=False, markup=False)
    if console.is_terminal:
        console.print(line)
        return
    console.width = UNBOUNDED
    with console.capture() as capture:
        console.print(line)
    for each in capture.get().splitlines():
        click.echo(each.rstrip())


def moment(time: datetime | None) -> str:
    """A time in UTC, to the millisecond."""
    if time is None:
        return ""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def age(span: timedelta) -> str:
    """How long: `0.3 s`, `42 s`, `12 min`, `7 h`, `9 d`."""
    seconds = max(span.total_seconds(), 0.0)
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def dollars(cents: int) -> str:
    return f"${cents // 100}.{cents % 100:02}"
