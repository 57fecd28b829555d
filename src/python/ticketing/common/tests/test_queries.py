"""The rule that says which queries scan, held against what a server says that it does."""

from datetime import UTC, datetime
from typing import Any

import pymongo
import pytest
from pymongo.database import Database

from ticketing.common.storage.mongo import Document, ensure_indexes
from ticketing.common.storage.store import OUTBOX_INDEX
from ticketing.common.testing.queries import Query, Watched, scans
from ticketing.common.testing.services import memory_database
from ticketing.common.tests.things import Things, save

INDEXES = {
    "things": [
        pymongo.IndexModel("email", unique=True, sparse=True),
        pymongo.IndexModel([("userId", 1), ("_id", 1)]),
        pymongo.IndexModel([("status", 1), ("at", 1)]),
        pymongo.IndexModel([("status", 1), ("words", 1), ("_id", -1)]),
    ]
}
SERVED: list[tuple[dict[str, Any], list[tuple[str, int]]]] = [
    ({"_id": "a"}, []),
    ({"email": "a"}, []),
    ({"userId": "a"}, [("_id", 1)]),
    ({"userId": "a"}, [("_id", -1)]),
    ({"userId": "a", "_id": {"$gt": "b"}}, [("_id", -1)]),
    ({"status": "a", "at": {"$lte": 1}}, []),
    ({"status": "a", "at": {"$lte": 1}}, [("at", -1)]),
    ({"status": "a", "words": "w"}, [("_id", -1)]),
]
SCANNED: list[tuple[dict[str, Any], list[tuple[str, int]]]] = [
    ({}, []),
    ({}, [("name", 1)]),
    ({"name": "a"}, []),
    ({"at": {"$lte": 1}}, []),
    ({"words": "w"}, []),
]
SORTED_OR_FILTERED: list[tuple[dict[str, Any], list[tuple[str, int]]]] = [
    ({"userId": "a"}, [("name", 1)]),
    ({"userId": "a"}, [("_id", 1), ("name", 1)]),
    ({"userId": "a", "name": "b"}, []),
    ({"status": "a", "name": {"$gt": "b"}}, []),
    ({"status": "a"}, [("at", 1), ("words", 1)]),
    ({"email": None}, []),
]
"""Beyond the server's word: an index is used, but much more is read than found."""


PENDING = ("outbox.occurredAt", 1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def plan(database: Database[Document], filter: dict[str, Any], order: Any) -> str:
    cursor = database["things"].find(filter)
    return str((cursor.sort(order) if order else cursor).explain()["queryPlanner"])


@pytest.mark.parametrize(("filter", "order"), SERVED, ids=str)
def test_what_the_rule_lets_pass_the_server_finds_by_an_index(
    server_database: Database[Document], filter: dict[str, Any], order: Any
) -> None:
    ensure_indexes(server_database, INDEXES)
    assert Query("things", "find", filter, order).is_served(INDEXES)
    assert "IXSCAN" in plan(server_database, filter, order)


@pytest.mark.parametrize(("filter", "order"), SCANNED, ids=str)
def test_what_the_server_scans_the_rule_objects_to(
    server_database: Database[Document], filter: dict[str, Any], order: Any
) -> None:
    ensure_indexes(server_database, INDEXES)
    assert "COLLSCAN" in plan(server_database, filter, order)
    assert not Query("things", "find", filter, order).is_served(INDEXES)


@pytest.mark.parametrize(("filter", "order"), SORTED_OR_FILTERED, ids=str)
def test_what_reads_much_more_than_it_finds_the_rule_objects_to(
    filter: dict[str, Any], order: Any
) -> None:
    assert not Query("things", "find", filter, order).is_served(INDEXES)


def test_what_a_service_asks_is_seen_with_its_order() -> None:
    watched: Any = Watched(memory_database())
    store = Things(watched["things"])
    store.find_one({"name": 1})
    store.find_many({"name": 1}, order=[("at", -1)], limit=1)
    save(store, "a")
    save(store, "a", 0)
    store.pending(limit=1)
    assert watched.queries == [
        Query("things", "find_one", {"name": 1}),
        Query("things", "find", {"name": 1}, [("at", -1)]),
        Query("things", "update_one", {"_id": "a", "version": 0}),
        Query("things", "find", {"outbox.occurredAt": {"$gte": LONG_AGO}}, [PENDING]),
    ]
    assert scans(watched.queries, {"things": [OUTBOX_INDEX]}) == watched.queries[:2]
    assert scans(watched.queries, INDEXES) == [*watched.queries[:2], watched.queries[3]]


def test_what_tests_ask_does_not_count() -> None:
    watched: Any = Watched(memory_database())
    assert watched["things"].find_one({"name": 1}) is None
    assert watched.queries == []
