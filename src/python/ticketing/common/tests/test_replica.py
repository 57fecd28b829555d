"""What a replica promises, on mongomock and on a real server alike."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.database import Database

from ticketing.common.core.errors import NotFound
from ticketing.common.storage.mongo import Document
from ticketing.common.testing.services import memory_database
from ticketing.common.testing.threads import together
from ticketing.common.tests.things import Copies, Copy


@pytest.fixture()
def replica(database: Database[Document]) -> Copies:
    return Copies(database["replica"])


def state(version: int, id: str = "a") -> Copy:
    return Copy(id=id, name=f"as of {version}")


def tell(replica: Copies, version: int, id: str = "a") -> None:
    replica.keep(state(version, id), version)


def test_what_was_never_heard_of_is_not_found(replica: Copies) -> None:
    with pytest.raises(NotFound):
        replica.get("a")


def test_a_newer_version_replaces_an_older_one(replica: Copies) -> None:
    tell(replica, 0)
    assert replica.get("a") == state(0)
    tell(replica, 5)
    assert replica.get("a") == state(5)


def test_what_is_known_no_more_goes_and_fields_of_others_stay(replica: Copies) -> None:
    tell(replica, 0)
    replica.documents.update_one({"_id": "a"}, {"$set": {"stray": True}})
    replica.keep(Copy(id="a"), 1)
    assert replica.documents.find_one({"_id": "a"}) == {"_id": "a", "version": 1, "stray": True}
    assert replica.get("a") == Copy(id="a")


@pytest.mark.parametrize("late", [0, 3, 4])
def test_older_or_equal_news_changes_nothing(replica: Copies, late: int) -> None:
    tell(replica, 4)
    replica.keep(Copy(id="a", name="late"), late)
    assert replica.get("a") == state(4)


def test_each_id_is_its_own(replica: Copies) -> None:
    tell(replica, 9, "b")
    tell(replica, 0)
    assert replica.get("a") == state(0)
    assert replica.get("b") == state(9, "b")


def test_many_at_once_end_at_the_newest(replica: Copies) -> None:
    versions = [3, 7, 1, 7, 0, 5, 2, 6]
    together([partial(tell, replica, version) for version in versions])
    assert replica.get("a") == state(7)


def test_a_rebuilt_replica_holds_what_was_applied_to_it_and_nothing_else(
    replica: Copies,
) -> None:
    other = Copies(replica.documents)
    tell(replica, 9)
    replica.documents.update_one({"_id": "a"}, {"$set": {"stray": True}})
    tell(replica, 9, "b")
    with replica.rebuilt():
        tell(replica, 3)
        assert other.get("a") == state(9)  # until the new one is whole
    [kept] = replica.documents.find()
    assert kept == {"_id": "a", "version": 3, "name": "as of 3"}
    assert replica.get("a") == other.get("a") == state(3)
    with pytest.raises(NotFound):
        other.get("b")
    tell(replica, 4)
    assert other.get("a") == state(4)


def test_an_empty_replica_takes_the_place_of_the_old_one_too(replica: Copies) -> None:
    tell(replica, 9)
    with replica.rebuilt():
        pass
    with pytest.raises(NotFound):
        replica.get("a")


def test_a_rebuild_that_fails_leaves_the_old_replica_and_nothing_else(replica: Copies) -> None:
    tell(replica, 1)
    with pytest.raises(ZeroDivisionError):
        _rebuild_and_fail(replica)
    assert replica.get("a") == state(1)
    assert replica.documents.database.list_collection_names() == ["replica"]


def _rebuild_and_fail(replica: Copies) -> None:
    with replica.rebuilt():
        tell(replica, 2)
        raise ZeroDivisionError


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=9), min_size=1, max_size=20))
def test_any_order_with_any_duplicates_ends_at_the_newest(versions: list[int]) -> None:
    replica = Copies(memory_database()["replica"])
    for version in versions:
        tell(replica, version)
    assert replica.get("a") == state(max(versions))
