"""Documents in MongoDB: state, version and outbox in one write."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec
import pymongo
from pymongo.errors import DuplicateKeyError
from structlog.contextvars import get_contextvars

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.errors import Conflict, Duplicate, NotFound
from ticketing.common.core.event import Event, subject
from ticketing.common.storage.mapping import from_document, state_of, stored_names
from ticketing.common.storage.mongo import Document, Documents

OUTBOX_INDEX = pymongo.IndexModel("outbox.occurredAt", sparse=True)
"""Which every store's collection needs: the relay finds by it what to publish."""
_ENCODER = msgspec.json.Encoder()
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

M = TypeVar("M")
A = TypeVar("A", bound=Aggregate)


class Reader(Generic[M]):
    """The documents of one collection, read as objects of the `model`."""

    model: type[M]

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self._read = dict.fromkeys(stored_names(self.model), True)

    def get(self, id: str) -> M:
        """Raises NotFound."""
        if (found := self.find(id)) is None:
            raise NotFound
        return found

    def find(self, id: str) -> M | None:
        """None where there is no such thing."""
        return self.find_one({"_id": id})

    def find_one(self, query: Mapping[str, Any]) -> M | None:
        """The one that matches."""
        found = self.documents.find_one(query, self._read)
        return None if found is None else from_document(self.model, found)

    def find_many(
        self, query: Mapping[str, Any], *, order: Sequence[tuple[str, int]] = (), limit: int = 0
    ) -> list[M]:
        """Those that match; `limit` 0 is no limit."""
        cursor = self.documents.find(query, self._read).limit(limit)
        found = cursor.sort(list(order)) if order else cursor
        return [from_document(self.model, document) for document in found]


class Store(Reader[A]):
    """The aggregates of one kind, one document each: `{_id, version, ...state, outbox}`.

    A save is a single conditional write, so state and events cannot part: version 0 is inserted,
    version n is written only over n-1. In a state, None means that the field is absent.
    """

    def query_fields(self, aggregate: A) -> Document:
        """What its document has beside its state, for indexes and queries alone."""
        return {}

    def save(self, aggregate: A) -> None:
        """Write the aggregate's change and its events as one; nothing to do where nothing changed.

        Raises Conflict if another writer was first, Duplicate if a unique field's value is taken.
        """
        if not aggregate.changed:
            return
        state = {**state_of(aggregate), **self.query_fields(aggregate)}
        entries = [_entry(event) for event in aggregate.events]
        try:
            if aggregate.version == 0:
                self._insert(aggregate.id, state, entries)
            else:
                self._update(aggregate.id, aggregate.version, state, entries)
        except DuplicateKeyError as error:
            raise Duplicate(f"{self.documents.name} {aggregate.id}: {error}") from error
        aggregate.saved()

    def _insert(self, id: str, state: Document, entries: list[Document]) -> None:
        present = change_to(state)["$set"]
        self.documents.insert_one({"_id": id, "version": 0, **present, "outbox": entries})

    def _update(self, id: str, version: int, state: Document, entries: list[Document]) -> None:
        change = {
            **change_to(state),
            "$inc": {"version": 1},
            "$push": {"outbox": {"$each": entries}},
        }
        written = self.documents.update_one({"_id": id, "version": version - 1}, change)
        if written.modified_count == 0:
            raise Conflict(f"{self.documents.name} {id} is no longer at version {version - 1}")

    def pending(self, limit: int) -> list[Document]:
        """Up to `limit` documents with unpublished events, the oldest event's first; 0 is all."""
        waiting = self.documents.find({"outbox.occurredAt": {"$gte": _LONG_AGO}}, {"outbox": True})
        return list(waiting.sort("outbox.occurredAt", 1).limit(limit))

    def clear(self, published: Sequence[Document]) -> None:
        """Take all that these documents from `pending` held out of their outboxes, as one write."""
        if published:
            entries = [entry["id"] for document in published for entry in document["outbox"]]
            self.documents.update_many(
                {"_id": {"$in": [document["_id"] for document in published]}},
                {"$pull": {"outbox": {"id": {"$in": entries}}}},
            )


def change_to(state: Document) -> Document:
    """The update of a document to this state; other fields stay as they are."""
    change = {"$set": {name: value for name, value in state.items() if value is not None}}
    absent = {name: "" for name, value in state.items() if value is None}
    return {**change, "$unset": absent} if absent else change


def _entry(event: Event) -> Document:
    """An event as it waits in the outbox, with the correlation id of the request it came from."""
    return {
        "id": event.id,
        "subject": subject(type(event)),
        "occurredAt": event.occurred_at,
        "body": _ENCODER.encode(event).decode(),
        "correlationId": get_contextvars().get("correlation_id", event.id),
    }
