"""An aggregate that stands for any: what the tests of stores and outboxes save."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

from ticketing.common.aggregate import Aggregate
from ticketing.common.events import ExpirationCompleted
from ticketing.common.mongo import Document
from ticketing.common.mongo import Store

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def changed(id: str, version: int = -1, *, at: float = 0) -> Aggregate:
    """The aggregate of this version after one more change, told by one event `at` s past noon."""
    thing = Aggregate(id=id, version=version)
    event_id = thing.change()
    moment = NOON + timedelta(seconds=at)
    thing.events.append(ExpirationCompleted(id=event_id, occurred_at=moment, order_id=id))
    return thing


def save(store: Store, id: str, version: int = -1, *, at: float = 0, **state: Any) -> None:
    """Save one more change over this version."""
    store.save(changed(id, version, at=at), state)


def waiting(store: Store) -> dict[str, list[str]]:
    """The ids of the unpublished events by document, in the order of `pending`."""
    return {one["_id"]: _ids(one) for one in store.pending(limit=1000)}


def _ids(document: Document) -> list[str]:
    return [entry["id"] for entry in document["outbox"]]
