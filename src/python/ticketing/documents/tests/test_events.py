"""What is written of the events besides AsyncAPI: a table, and files that are kept for ever."""

import json
import shutil
from pathlib import Path

import pytest

from ticketing.common.core.event import subject
from ticketing.documents.asyncapi import asyncapi, events_told
from ticketing.documents.events_table import events_table
from ticketing.documents.golden import GOLDEN, missing
from ticketing.registry import declarations
from ticketing.registry.declarations import CONSUMERS, consumers, services

ROOT = Path(__file__).parents[5]


@pytest.fixture()
def root(tmp_path: Path) -> Path:
    """A repository with this one's golden files."""
    shutil.copytree(ROOT / GOLDEN, tmp_path / GOLDEN)
    return tmp_path


def test_the_table_says_of_every_event_who_tells_it_who_hears_it_and_what_it_means() -> None:
    rows = [row.split(" | ") for row in events_table(asyncapi()).splitlines() if "| `" in row]
    assert len(rows) == len(events_told())
    assert [row for row in rows if len(row) != 5 or not all(cell.strip(" |") for cell in row)] == []
    [signed_out] = (row for row in rows if "user.signed-out" in row[0])
    own = "`user: {id, epoch, version}`"
    assert (signed_out[1], signed_out[3]) == ("auth", own)
    assert {"auth", "orders", "payments", "tickets"} <= {*signed_out[2].split(", ")}
    [ticket] = (row[3] for row in rows if "ticket.created" in row[0])
    assert "{id, title, price, userId, version, orderId?" in ticket


def test_who_listens_from_outside_is_told_with_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    services()  # which stay as they are
    (tmp_path / CONSUMERS).write_text('[announcer]\nhears = ["ticket.*"]\n')
    monkeypatch.setattr(declarations, "TICKETING", tmp_path)
    consumers.cache_clear()
    told = asyncapi()["operations"]
    consumers.cache_clear()
    heard = {name for name in told if name.startswith("announcer.")}
    events = (subject(kind) for kind in events_told())
    assert heard == {f"announcer.receive.{one}" for one in events if one.startswith("ticket.")}


def test_nothing_is_added_where_every_event_and_field_is_kept(root: Path) -> None:
    assert list(missing(root, events_told())) == []


def test_an_event_that_is_not_kept_gets_a_file_with_all_its_fields(root: Path) -> None:
    (root / GOLDEN / "order.created.json").unlink()
    [(name, text)] = missing(root, events_told())
    assert name == f"{GOLDEN}/order.created.json"
    assert json.loads(text)["order"]["ticket"]["price"] == 20.5


def test_a_field_that_is_in_no_file_gets_one_beside_the_others(root: Path) -> None:
    kept = root / GOLDEN / "payment.rejected.json"
    kept.write_text(kept.read_text().replace('"reason"', '"because"'))
    [(name, text)] = missing(root, events_told())
    assert name == f"{GOLDEN}/payment.rejected.2.json"
    assert json.loads(text)["reason"] == "reason"
