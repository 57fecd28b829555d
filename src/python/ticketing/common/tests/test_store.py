"""What a store promises, on mongomock and on a real server alike."""

import json
from functools import partial

import pymongo
import pytest
from pymongo.database import Database
from structlog.contextvars import bound_contextvars

from ticketing.common.core.errors import Conflict, Duplicate, NotFound
from ticketing.common.storage.mongo import Document, ensure_indexes, new_id
from ticketing.common.storage.store import OUTBOX_INDEX
from ticketing.common.testing.threads import together
from ticketing.common.tests.things import NOON, Thing, Things, changed, save, waiting

INDEXES = {
    "things": [OUTBOX_INDEX, pymongo.IndexModel("reserves", unique=True, sparse=True)],
    "others": [],
}


@pytest.fixture()
def store(database: Database[Document]) -> Things:
    ensure_indexes(database, INDEXES)
    return Things(database["things"])


def test_the_first_save_is_version_0_and_each_later_one_adds_1(store: Things) -> None:
    save(store, "a", name="new")
    assert store.get("a") == Thing(id="a", version=0, name="new")
    save(store, "a", 0, name="newer")
    assert store.get("a") == Thing(id="a", version=1, name="newer")


def test_saving_marks_the_change_as_stored(store: Things) -> None:
    thing = changed("a")
    store.save(thing)
    assert (thing.changed, thing.events) == (False, [])
    thing.name = "not written, for nothing has begun to change"
    store.save(thing)
    assert store.get("a") == Thing(id="a", version=0)


def test_who_lost_the_race_changes_nothing(store: Things) -> None:
    save(store, "a", name="first")
    save(store, "a", 0, name="winner")
    loser = changed("a", 0, name="loser", size=1)
    with pytest.raises(Conflict):
        store.save(loser)
    assert store.get("a") == Thing(id="a", version=1, name="winner")
    assert waiting(store) == {"a": ["a-0", "a-1"]}
    assert loser.changed
    assert [event.id for event in loser.events] == ["a-1"]


def test_an_id_can_be_inserted_once(store: Things) -> None:
    save(store, "a", name="first")
    with pytest.raises(Duplicate):
        save(store, "a", name="second")
    assert store.get("a").name == "first"
    assert waiting(store) == {"a": ["a-0"]}


def test_a_change_of_what_is_not_there_is_a_conflict(store: Things) -> None:
    with pytest.raises(Conflict):
        save(store, "a", 4)
    assert store.find_many({}) == []


def test_of_many_writers_at_once_one_wins(store: Things) -> None:
    save(store, "a")
    outcomes = []

    def write(name: str) -> None:
        try:
            save(store, "a", 0, name=name)
            outcomes.append(name)
        except Conflict:
            outcomes.append("lost")

    together([partial(write, str(number)) for number in range(8)])
    (winner,) = (outcome for outcome in outcomes if outcome != "lost")
    assert len(outcomes) == 8
    assert store.get("a") == Thing(id="a", version=1, name=winner)
    assert waiting(store) == {"a": ["a-0", "a-1"]}


def stored(store: Things) -> Document:
    """The one document, without its outbox."""
    [document] = store.documents.find({}, {"outbox": False})
    return document


def test_none_means_that_the_field_is_absent(store: Things) -> None:
    save(store, "a", name=None, size=0)
    assert stored(store) == {"_id": "a", "version": 0, "size": 0}
    save(store, "a", 0, name="there", size=0)
    named = {"name": "there", "loud": "THERE"}
    assert stored(store) == {"_id": "a", "version": 1, "size": 0, **named}
    save(store, "a", 1, name="there", size=None)
    assert stored(store) == {"_id": "a", "version": 2, **named}


def test_what_only_queries_need_is_stored_and_found_but_not_read(store: Things) -> None:
    save(store, "a", name="new")
    save(store, "a", 0, name="newer")
    assert stored(store) == {"_id": "a", "version": 1, "name": "newer", "loud": "NEWER"}
    assert store.find_one({"loud": "NEWER"}) == Thing(id="a", version=1, name="newer")
    assert store.find_many({"loud": "NEW"}) == []
    save(store, "a", 1)
    assert stored(store) == {"_id": "a", "version": 2}


def test_a_unique_value_is_taken_until_its_holder_drops_it(store: Things) -> None:
    save(store, "a", reserves="ticket")
    save(store, "b")
    with pytest.raises(Duplicate):
        save(store, "c", reserves="ticket")
    with pytest.raises(Duplicate):
        save(store, "b", 0, reserves="ticket")
    assert store.get("b") == Thing(id="b", version=0)
    assert waiting(store).keys() == {"a", "b"}
    save(store, "a", 0, reserves=None)
    save(store, "c", reserves="ticket")
    assert [one.id for one in store.find_many({"reserves": "ticket"})] == ["c"]


def test_of_many_who_want_the_same_unique_value_at_once_one_gets_it(store: Things) -> None:
    outcomes = []

    def reserve(id: str) -> None:
        try:
            save(store, id, reserves="ticket")
            outcomes.append(id)
        except Duplicate:
            outcomes.append("taken")

    together([partial(reserve, str(number)) for number in range(8)])
    assert outcomes.count("taken") == 7
    assert len(store.find_many({})) == 1


def test_events_wait_in_the_outbox_of_the_save_that_they_tell_of(store: Things) -> None:
    with bound_contextvars(correlation_id="request-1"):
        save(store, "a", at=1)
    (document,) = store.pending(limit=10)
    (entry,) = document["outbox"]
    body = json.loads(entry.pop("body"))
    assert body == {
        "subject": "expiration.completed",
        "id": "a-0",
        "occurredAt": "2026-01-31T12:00:01Z",
        "orderId": "a",
    }
    assert entry.pop("occurredAt") == NOON.replace(second=1)
    expected = {"id": "a-0", "subject": "expiration.completed", "correlationId": "request-1"}
    assert entry == expected


def test_a_save_while_events_wait_keeps_them_in_order(store: Things) -> None:
    save(store, "a")
    save(store, "a", 0)
    save(store, "a", 1)
    assert waiting(store) == {"a": ["a-0", "a-1", "a-2"]}


def test_pending_gives_the_oldest_events_document_first_and_no_more_than_asked(
    store: Things,
) -> None:
    for id, at in [("young", 30), ("old", 10), ("middle", 20)]:
        save(store, id, at=at)
    save(store, "old", 0, at=40)
    assert list(waiting(store)) == ["old", "middle", "young"]
    assert [one["_id"] for one in store.pending(limit=2)] == ["old", "middle"]


def test_clear_takes_only_the_events_that_were_read_and_leaves_the_rest_alone(
    store: Things,
) -> None:
    for id in ("a", "b", "c"):
        save(store, id, name="x")
    published = [one for one in store.pending(limit=10) if one["_id"] != "c"]
    save(store, "a", 0, name="y")
    store.clear(published)
    assert waiting(store) == {"a": ["a-1"], "c": ["c-0"]}
    store.clear([])
    store.clear(published)
    assert waiting(store) == {"a": ["a-1"], "c": ["c-0"]}
    assert store.get("a") == Thing(id="a", version=1, name="y")
    save(store, "a", 1)
    assert waiting(store)["a"] == ["a-1", "a-2"]


def test_a_change_without_events_leaves_nothing_to_publish(store: Things) -> None:
    thing = Thing(id="a")
    thing.change()
    store.save(thing)
    assert store.pending(limit=10) == []


def test_what_is_unknown_is_not_found(store: Things) -> None:
    with pytest.raises(NotFound):
        store.get("a")
    assert store.find("a") is None
    assert store.find_one({"name": "a"}) is None


def test_find_many_keeps_order_and_limit(store: Things) -> None:
    for number, id in enumerate("cabd"):
        save(store, id, size=number, name="odd" if number % 2 else "even")
    assert [one.id for one in store.find_many({}, order=[("_id", -1)], limit=3)] == ["d", "c", "b"]
    assert [one.id for one in store.find_many({}, order=[("size", 1)])] == ["c", "a", "b", "d"]
    assert len(store.find_many({})) == 4
    found = store.find_many({"name": "odd"}, order=[("name", 1), ("size", -1)])
    assert found == [
        Thing(id=id, version=0, size=size, name="odd") for id, size in [("d", 3), ("a", 1)]
    ]
    assert store.find_one({"size": 1}) == found[1]


def test_indexes_can_be_made_again(store: Things) -> None:
    save(store, "a", reserves="ticket")
    ensure_indexes(store.documents.database, INDEXES)
    assert store.get("a").reserves == "ticket"


def test_new_ids_are_24_hex_and_differ() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(id) == 24 and int(id, 16) for id in ids)
