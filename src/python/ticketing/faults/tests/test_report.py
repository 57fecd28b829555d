"""One table says it all, and a failure says how to repeat it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from ticketing.common.core.events import OrderCancelled, OrderedTicket, OrderState, OrderStatus
from ticketing.faults.main import fail
from ticketing.faults.record import Record, Struck
from ticketing.faults.report import Report
from ticketing.faults.schedule import Fault, Kind
from ticketing.faults.tally import Outcome, Tally
from ticketing.ops.books import Books
from ticketing.ops.violation import Violation

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
TWICE = Violation(rule=2, what="an order was charged 2 times", ids=("6b03", "ch_1"))


def order(
    id: str, status: str, *, refunded: bool = False, expired: bool = False
) -> dict[str, object]:
    return {"_id": id, "status": status, "refunded": refunded, "expired": expired}


def report(directory: Path) -> Report:
    record = Record(directory / "rounds.jsonl")
    for seconds in (1.0, 7.5, 2.0):
        struck = Struck(fault=Fault(kind=Kind.KILL, target="nats"), recovery=seconds, together=1)
        record.note([struck], {("pay", Outcome.LATE): 2}, seconds)
    flush = Struck(fault=Fault(kind=Kind.FLUSH), recovery=0.4, together=1)
    record.note([flush], {}, 0.4)
    tally = Tally()
    tally.count("pay", Outcome.DONE)
    tally.count("look", Outcome.DONE)
    tally.count("pay", Outcome.LATE)
    ended = OrderState(
        id="e",
        user_id="b",
        status=OrderStatus.CANCELLED,
        expires_at=NOW,
        version=1,
        ticket=OrderedTicket(id="t", price=20),
    )
    late = OrderCancelled(id="e-1", occurred_at=NOW + timedelta(seconds=2.5), order=ended)
    books = Books(
        now=NOW,
        sources={
            "tickets": [],
            "orders": [
                order("a", "complete"),
                order("b", "complete"),
                order("c", "cancelled"),
                order("d", "cancelled", refunded=True, expired=True),
                order("e", "cancelled", expired=True),
            ],
            "payments": [],
        },
        copies=[],
        charges=[],
        told=[late],
        waiting={},
    )
    return Report(
        seed=7, minutes=2, record=record, tally=tally, books=books, rest=12.0, violations=[]
    )


def lines(report: Report) -> list[str]:
    console = Console(width=110, file=StringIO(), record=True)
    console.print(report.table())
    return [" ".join(line.split()) for line in console.export_text().splitlines()]


def test_the_table_counts_faults_orders_requests_and_violations(tmp_path: Path) -> None:
    table = lines(report(tmp_path))
    assert "2 minutes of faults, seed 7" in table
    assert {
        "kill 3 7.5 s 2.0 s",
        "flush Redis 1 0.4 s 0.4 s",
        "faults 4 7.5 s 2.0 s",
        "orders complete 2",
        "orders cancelled 1",
        "orders expired 1",
        "orders expired, refunded 1",
        "orders 5",
        "latest end of a hold, after its time 2.5 s",
        "requests: done (2xx) 2",
        "requests: no answer in time 1",
        "requests 3",
        "at rest after 12.0 s",
        "violations 0",
    } <= set(table)


def test_violations_are_named(tmp_path: Path) -> None:
    table = lines(replace(report(tmp_path), violations=[TWICE]))
    assert "violations 1" in table
    assert "rule 2: an order was charged 2 times: 6b03, ch_1" in " ".join(table)


def test_without_rest_the_table_says_so(tmp_path: Path) -> None:
    table = lines(replace(report(tmp_path), rest=None))
    assert "at rest after never" in table


def test_every_round_is_written_down(tmp_path: Path) -> None:
    report(tmp_path)
    written = (tmp_path / "rounds.jsonl").read_bytes().splitlines()
    rounds = [msgspec.json.decode(line) for line in written]
    assert len(rounds) == 4
    assert rounds[0]["faults"][0]["target"] == "nats"
    assert rounds[0]["requests"] == {"pay: no answer in time": 2}


def test_a_failure_says_how_to_repeat_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        fail(seed=7, minutes=2.0, directory=tmp_path, failures=["the rules were broken"])
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "the rules were broken" in said
    assert str(tmp_path) in said
    assert "./pants run src/python/ticketing/faults -- --seed 7 --minutes 2\n" in said
