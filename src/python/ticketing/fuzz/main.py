"""Asks a platform all that its document allows and much that it does not, for some minutes:
`./pants run src/python/ticketing/fuzz -- --help`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from ticketing.faults.running import RunningPlatform
from ticketing.fuzz.asking import Asked, Asking
from ticketing.fuzz.report import Report
from ticketing.local.terminal import say

HOLD = 6
"""Seconds that an order holds its ticket here: tickets are free again soon."""
NOBODY = 1 / 4
"""Of the time, for who is not signed in: there is less to be found."""


@click.command(context_settings={"show_default": True})
@click.option("--seed", type=int, default=1, help="Decides what is asked.")
@click.option("--minutes", type=click.FloatRange(0.1), default=30.0, help="Of asking.")
def main(seed: int, minutes: float) -> None:
    """Ask the real platform everything, signed in and not; no answer may be 5xx or break the
    document that the platform itself gives. Ends with 1 where one did, with 2 where one was 5xx.
    """
    directory = Path(tempfile.mkdtemp(prefix="ticketing-fuzz-"))
    platform = RunningPlatform(directory, hold_seconds=HOLD, workers=1)
    try:
        platform.start()
        report = Report(_ask(platform.url, directory, seed, minutes * 60))
    finally:
        platform.stop()
    Console(width=None if sys.stdout.isatty() else 110, highlight=False).print(report.table())
    say(report.by_status())
    failures = list(report.failures())
    for failure in failures:
        say(f"FAILED: {failure}")
    if failures:
        say(f"Data and logs are kept in {directory}.")
        sys.exit(2 if any(report.server_errors()) else 1)
    shutil.rmtree(directory)


def _ask(url: str, directory: Path, seed: int, seconds: float) -> list[Asked]:
    """Both at once: who is signed in, and who is not."""
    whole, part = max(1, round(seconds)), max(1, round(seconds * NOBODY))
    runs = [
        Asking("people", url, directory, seconds=whole, seed=seed),
        Asking("nobody", url, directory, seconds=part, seed=seed),
    ]
    return [run.end() for run in runs]


if __name__ == "__main__":
    main()
