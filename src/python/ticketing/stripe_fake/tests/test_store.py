"""Where the stand-in keeps its books: in its own directory, and nowhere else."""

import json
import os
from pathlib import Path

import pytest

from ticketing.stripe_fake.store import Store

OPEN = Path("/proc/self/fd")


@pytest.mark.skipif(not OPEN.is_dir(), reason="what files are open is seen on Linux only")
def test_no_file_is_written_but_in_its_directory(tmp_path: Path) -> None:
    store = Store(tmp_path)
    things = [{"id": f"pi_{number}", "object": "payment_intent"} for number in range(200)]
    with store.transaction() as book:
        for thing in things:
            book.add({**thing, "padding": "x" * 2000})
    with store.transaction() as book:
        book.mark()
        for thing in things:  # more pages than SQLite keeps in memory to undo them
            book.save({**thing, "padding": "y" * 2000})
        elsewhere = [path for path in _open_files() if "etilqs" in path]
        book.undo_to_mark()
        assert json.dumps(book.find("payment_intent", "pi_0")).count("x") == 2000
    store.close()
    assert elsewhere == []


def _open_files() -> list[str]:
    return [os.readlink(entry) for entry in OPEN.iterdir() if entry.is_symlink()]
