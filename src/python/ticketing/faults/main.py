"""Breaks a running platform for some minutes: `./pants run src/python/ticketing/faults -- --help`.

The seed decides which faults happen, in which order and how hard, and what every buyer and seller
chooses at every visit. It cannot decide how quick the machine is: when a fault comes (the next
round waits until all is well), what the platform is about at that moment, how many rounds and
visits the minutes suffice for, and which ticket is on the list at the place that a buyer looks at.
So a seed that fails repeats the same blows in the same order, and mostly, but not surely, fails.
"""

import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console

from ticketing.common.messaging.dead_letters import DeadLetters
from ticketing.faults.breaking import Breaker
from ticketing.faults.client import JoinError
from ticketing.faults.crowd import Crowd, Place
from ticketing.faults.probe import NotWellError, Probe
from ticketing.faults.record import Record, Struck, since
from ticketing.faults.report import Report
from ticketing.faults.rest import RestlessError, wait_for_rest
from ticketing.faults.running import PlatformError, RunningPlatform
from ticketing.faults.schedule import Round, rounds
from ticketing.faults.stand_in import StandIn
from ticketing.faults.tally import Promises, Tally
from ticketing.local.terminal import say
from ticketing.ops.audit import judge
from ticketing.ops.books import read
from ticketing.ops.violation import Violation

HOLD = 6
"""Seconds that an order holds its ticket here: short, so that many holds run out."""
WORKERS = 2
PATH = click.Path(path_type=Path, file_okay=False)


class Run:
    """One run on a platform that is started for it; `failures` are what went wrong besides."""

    def __init__(self, seed: int, minutes: float, directory: Path) -> None:
        self._seed, self._minutes = seed, minutes
        self._platform = RunningPlatform(directory, hold_seconds=HOLD, workers=WORKERS)
        self._tally, self._promises = Tally(), Promises()
        self._record = Record(directory / "rounds.jsonl")
        self.failures: list[str] = []

    def run(self) -> Report:
        """Start, break, wait for rest, audit, stop; raises PlatformError where that is not so."""
        began = time.monotonic()
        try:
            self._platform.start()
            say(f"The platform is ready after {time.monotonic() - began:.1f} s.")
            self._break()
            return self._audit()
        finally:
            self._platform.stop()

    def _break(self) -> None:
        stand_in = StandIn(self._platform.stripe_url, self._seed)
        breaker, probe = Breaker(self._platform, stand_in), Probe(self._platform)
        probe.join()
        try:
            with self._crowd():
                began = time.monotonic()
                for each in rounds(self._seed, self._platform.names()):
                    if time.monotonic() - began > self._minutes * 60:
                        break
                    self._round(each, breaker, probe, began)
        except NotWellError as error:
            self.failures.append(str(error))
        finally:
            stand_in.well()

    @contextmanager
    def _crowd(self) -> Iterator[None]:
        place = Place(
            url=self._platform.url,
            stripe_url=self._platform.stripe_url,
            seed=self._seed,
            tally=self._tally,
            promises=self._promises,
            stop=threading.Event(),
        )
        crowd = Crowd(place)
        crowd.start()
        try:
            yield
        finally:
            crowd.leave()

    def _round(self, each: Round, breaker: Breaker, probe: Probe, began: float) -> None:
        before, start = self._tally.now(), time.monotonic()
        blows = " + ".join(str(fault) for fault in each.faults)
        end = breaker.strike(each.faults)
        try:
            well = probe.until_well()
        except NotWellError as error:
            raise NotWellError(f"{blows}: {error}") from error
        together = len(each.faults)
        struck = [Struck(fault=f, recovery=well - end, together=together) for f in each.faults]
        seen = since(self._tally.now(), before)
        self._record.note(struck, seen, well - start)
        say(f"{start - began:6.1f} s  {blows}: well again after {well - end:.1f} s")
        time.sleep(each.pause)

    def _audit(self) -> Report:
        rest = None
        try:
            rest = wait_for_rest(self._platform)
        except RestlessError as error:  # and the audit may say why
            self.failures.append(f"does not come to rest: {error}")
        books = read(self._platform.operator)
        violations = [*judge(books), *self._promises.check(books), *self._parked()]
        return Report(
            seed=self._seed,
            minutes=self._minutes,
            record=self._record,
            tally=self._tally,
            books=books,
            rest=rest,
            violations=violations,
        )

    def _parked(self) -> Iterator[Violation]:
        """No message here is at fault, so none should have been given up."""
        operator = self._platform.operator
        for letter in DeadLetters(operator.nats_url, operator.cluster_id).all():
            what = f"{letter.consumer} gave up {letter.subject} after {letter.tries} tries"
            yield Violation(rule=0, what=what, ids=(letter.event_id, letter.reason))


@click.command(context_settings={"show_default": True})
@click.option("--seed", type=int, default=1, help="Decides on faults, buyers and sellers.")
@click.option("--minutes", type=click.FloatRange(0.1), default=20.0, help="Of faults.")
@click.option("--keep", type=PATH, help="Where to keep the data, logs and rounds; must be empty.")
def main(seed: int, minutes: float, keep: Path | None) -> None:
    """Break the real platform in every way, and hold what it leaves against the five rules."""
    directory = _directory(keep)
    run = Run(seed, minutes, directory)
    try:
        report = run.run()
    except (PlatformError, JoinError) as error:
        fail(seed, minutes, directory, [str(error)])
    except Exception:  # a fault of its own, or one of the platform's that it did not expect
        fail(seed, minutes, directory, [traceback.format_exc()])
    Console(width=None if sys.stdout.isatty() else 110, highlight=False).print(report.table())
    failures = run.failures + (["the rules were broken"] if report.violations else [])
    if failures:
        fail(seed, minutes, directory, failures)
    if keep is None:
        shutil.rmtree(directory)


def _directory(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="ticketing-faults-"))
    keep.mkdir(parents=True, exist_ok=True)
    if any(keep.iterdir()):
        raise click.ClickException(f"{keep} is not empty")
    return keep.absolute()


def fail(seed: int, minutes: float, directory: Path, failures: list[str]) -> NoReturn:
    for failure in failures:
        say(f"FAILED: {failure}")
    say(f"Data, logs and rounds are kept in {directory}. The same blows again:")
    say(f"./pants run src/python/ticketing/faults -- --seed {seed} --minutes {minutes:g}")
    sys.exit(1)


if __name__ == "__main__":
    main()
