"""Webhooks that are still to be sent, in the file of everything else."""

import sqlite3
from dataclasses import dataclass

SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    since REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_by_time ON deliveries (due);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event_id);
"""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An event on its way; `tries` were in vain since `since`, the next is at `due`."""

    id: int
    event_id: str
    since: float
    tries: int
    due: float


class Deliveries:
    """What may be read and written of them inside one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, event_id: str, due: float) -> None:
        self._connection.execute(
            "INSERT INTO deliveries (event_id, since, due) VALUES (?, ?, ?)", (event_id, due, due)
        )

    def due(self, now: float, count: int) -> list[Delivery]:
        """The first `count` to be sent by `now`."""
        rows = self._connection.execute(
            "SELECT id, event_id, since, tries, due FROM deliveries"
            " WHERE due <= ? ORDER BY due, id LIMIT ?",
            (now, count),
        )
        return [Delivery(**dict(row)) for row in rows]

    def waiting(self, event_id: str) -> int:
        """How often the event is still to be sent."""
        [count] = self._connection.execute(
            "SELECT COUNT(*) FROM deliveries WHERE event_id = ?", (event_id,)
        ).fetchone()
        return int(count)

    def end(self, delivery: Delivery) -> None:
        self._connection.execute("DELETE FROM deliveries WHERE id = ?", (delivery.id,))

    def postpone(self, delivery: Delivery, due: float) -> None:
        self._connection.execute(
            "UPDATE deliveries SET tries = tries + 1, due = ? WHERE id = ?", (due, delivery.id)
        )
