"""What stands for any aggregate, and for any copy: the tests of stores and outboxes save them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.events import ExpirationCompleted
from ticketing.common.storage.mongo import Document
from ticketing.common.storage.replica import Replica
from ticketing.common.storage.store import Store

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class Thing(Aggregate):
    name: str | None = None
    size: int | None = None
    reserves: str | None = None


class Things(Store[Thing]):
    """Whose documents are found by `loud`, too."""

    model = Thing

    def query_fields(self, thing: Thing) -> Document:
        return {"loud": thing.name and thing.name.upper()}


@dataclass(frozen=True, kw_only=True)
class Copy:
    id: str
    name: str | None = None


class Copies(Replica[Copy, Any]):
    model = Copy


def changed(id: str, version: int = -1, *, at: float = 0, **state: Any) -> Thing:
    """The thing of this version after one more change, told by one event `at` s past noon."""
    thing = Thing(id=id, version=version, **state)
    event_id = thing.change()
    moment = NOON + timedelta(seconds=at)
    thing.events.append(ExpirationCompleted(id=event_id, occurred_at=moment, order_id=id))
    return thing


def save(store: Things, id: str, version: int = -1, *, at: float = 0, **state: Any) -> None:
    """Save one more change over this version."""
    store.save(changed(id, version, at=at, **state))


def waiting(store: Store[Any]) -> dict[str, list[str]]:
    """The ids of the unpublished events by document, in the order of `pending`."""
    return {one["_id"]: _ids(one) for one in store.pending(limit=1000)}


def _ids(document: Document) -> list[str]:
    return [entry["id"] for entry in document["outbox"]]
