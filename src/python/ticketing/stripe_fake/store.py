"""Everything the stand-in knows, in one SQLite file.

A transaction that returned is on disk: write-ahead log, flushed at every commit.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ticketing.stripe_fake.deliveries import SCHEMA, Deliveries
from ticketing.stripe_fake.errors import Json

DueTimes = Callable[[float], list[float]]

_SCHEMA = f"""
BEGIN;
{SCHEMA}
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    payment_intent TEXT,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (payment_intent, kind, seq);
CREATE TABLE IF NOT EXISTS replies (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    path TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX IF NOT EXISTS replies_by_age ON replies (saved_at);
CREATE TABLE IF NOT EXISTS switches (one INTEGER PRIMARY KEY, body TEXT NOT NULL);
COMMIT;
"""


def _never(now: float) -> list[float]:
    return []


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The first answer to an idempotency key, with what was asked."""

    account: str
    key: str
    path: str
    fingerprint: str
    request_id: str
    status: int
    body: str
    saved_at: int


class Book:
    """What may be read and written inside one transaction."""

    def __init__(self, connection: sqlite3.Connection, due_times: DueTimes) -> None:
        self._connection, self._due_times = connection, due_times
        self.deliveries = Deliveries(connection)
        self.request: Json = {"id": None, "idempotency_key": None}
        self.sends = False

    def send(self, event_id: str, now: float) -> None:
        """Have the event sent to the webhook endpoint, if there is one, once this is written."""
        for due in self._due_times(now):
            self.deliveries.add(event_id, due)
            self.sends = True

    def add(self, thing: Json) -> None:
        self._connection.execute(
            "INSERT INTO objects (id, kind, payment_intent, body) VALUES (?, ?, ?, ?)",
            (thing["id"], thing["object"], thing.get("payment_intent"), json.dumps(thing)),
        )

    def save(self, thing: Json) -> None:
        self._connection.execute(
            "UPDATE objects SET body = ? WHERE id = ?", (json.dumps(thing), thing["id"])
        )

    def find(self, kind: str, thing_id: str) -> Json | None:
        row = self._connection.execute(
            "SELECT body FROM objects WHERE id = ? AND kind = ?", (thing_id, kind)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def claim(self, thing_id: str, intent_id: str) -> bool:
        """Give a thing to the intent that asks first; whether it was this one, just now."""
        claimed = self._connection.execute(
            "UPDATE objects SET payment_intent = ? WHERE id = ? AND payment_intent IS NULL",
            (intent_id, thing_id),
        )
        return claimed.rowcount == 1

    def newest(self, kind: str, count: int, *, intent: str | None, after: str | None) -> list[Json]:
        """At most `count` of them, newest first, of one intent if given, older than `after`."""
        query = "SELECT body FROM objects WHERE kind = ?"
        values: list[str | int] = [kind]
        if intent is not None:
            query += " AND payment_intent = ?"
            values.append(intent)
        if after is not None:
            query += " AND seq < (SELECT seq FROM objects WHERE id = ?)"
            values.append(after)
        rows = self._connection.execute(query + " ORDER BY seq DESC LIMIT ?", (*values, count))
        return [json.loads(row[0]) for row in rows]

    def reply(self, account: str, key: str) -> Reply | None:
        row = self._connection.execute(
            "SELECT account, key, path, fingerprint, request_id, status, body, saved_at"
            " FROM replies WHERE account = ? AND key = ?",
            (account, key),
        ).fetchone()
        return None if row is None else Reply(**dict(row))

    def keep_reply(self, reply: Reply) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO replies VALUES"
            " (:account, :key, :path, :fingerprint, :request_id, :status, :body, :saved_at)",
            vars(reply),
        )

    def forget_replies(self, saved_until: int) -> None:
        self._connection.execute("DELETE FROM replies WHERE saved_at <= ?", (saved_until,))

    def switches(self) -> Json:
        row = self._connection.execute("SELECT body FROM switches").fetchone()
        return {} if row is None else json.loads(row[0])

    def set_switches(self, switches: Json) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO switches VALUES (1, ?)", (json.dumps(switches),)
        )

    def mark(self) -> None:
        self._connection.execute("SAVEPOINT marked")

    def undo_to_mark(self) -> None:
        self._connection.execute("ROLLBACK TO marked")


class Store:
    """`has_endpoint` is whether events are sent anywhere, and `due_times` when, by the time they
    happened; `sent` is set whenever one was written that is to be sent.
    """

    def __init__(self, directory: Path, *, has_endpoint: bool = False) -> None:
        self.has_endpoint = has_endpoint
        self.due_times: DueTimes = lambda now: [now]
        self.sent = threading.Event()
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            directory / "stripe.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        # What may have to be undone is kept in memory: a file for it would need a /tmp.
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[Book]:
        """One at a time, over all threads and processes; an exception undoes all of it."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                book = Book(self._connection, self.due_times if self.has_endpoint else _never)
                yield book
                self._connection.execute("COMMIT")
                if book.sends:
                    self.sent.set()
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        with self._lock:
            self._connection.close()
