"""What a replica promises, on mongomock and on a real server alike."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pymongo.database import Database

from ticketing.common.errors import NotFound
from ticketing.common.mongo import Document
from ticketing.common.replica import Replica
from ticketing.common.testing import memory_database
from ticketing.common.tests.threads import together


@pytest.fixture()
def replica(database: Database[Document]) -> Replica:
    return Replica(database["replica"])


def state(version: int) -> Document:
    return {"name": f"as of {version}"}


def held(replica: Replica) -> Document:
    return replica.get("a")


def of(version: int) -> Document:
    return {"_id": "a", "version": version, **state(version)}


def test_what_was_never_heard_of_is_not_found(replica: Replica) -> None:
    with pytest.raises(NotFound):
        held(replica)


def test_a_newer_version_replaces_an_older_one(replica: Replica) -> None:
    replica.apply("a", 0, state(0))
    assert held(replica) == of(0)
    replica.apply("a", 5, state(5))
    assert held(replica) == of(5)


@pytest.mark.parametrize("late", [0, 3, 4])
def test_older_or_equal_news_changes_nothing(replica: Replica, late: int) -> None:
    replica.apply("a", 4, state(4))
    replica.apply("a", late, {"name": "late"})
    assert held(replica) == of(4)


def test_each_id_is_its_own(replica: Replica) -> None:
    replica.apply("b", 9, {"name": "other"})
    replica.apply("a", 0, state(0))
    assert held(replica) == of(0)
    assert replica.get("b")["version"] == 9


def test_many_at_once_end_at_the_newest(replica: Replica) -> None:
    versions = [3, 7, 1, 7, 0, 5, 2, 6]
    together([partial(replica.apply, "a", version, state(version)) for version in versions])
    assert held(replica) == of(7)


def test_a_rebuilt_replica_holds_what_was_applied_to_it_and_nothing_else(
    replica: Replica,
) -> None:
    other = Replica(replica.documents)
    replica.apply("a", 9, {"name": "wrong", "stray": True})
    replica.apply("b", 9, {"name": "of nobody"})
    with replica.rebuilt():
        replica.apply("a", 3, state(3))
        assert other.get("a")["version"] == 9  # until the new one is whole
    assert held(replica) == held(other) == of(3)
    with pytest.raises(NotFound):
        other.get("b")
    replica.apply("a", 4, state(4))
    assert held(other) == of(4)


def test_an_empty_replica_takes_the_place_of_the_old_one_too(replica: Replica) -> None:
    replica.apply("a", 9, state(9))
    with replica.rebuilt():
        pass
    with pytest.raises(NotFound):
        held(replica)


def test_a_rebuild_that_fails_leaves_the_old_replica_and_nothing_else(replica: Replica) -> None:
    replica.apply("a", 1, state(1))
    with pytest.raises(ZeroDivisionError):
        _rebuild_and_fail(replica)
    assert held(replica) == of(1)
    assert replica.documents.database.list_collection_names() == ["replica"]


def _rebuild_and_fail(replica: Replica) -> None:
    with replica.rebuilt():
        replica.apply("a", 2, state(2))
        raise ZeroDivisionError


@settings(max_examples=50)
@given(st.lists(st.integers(min_value=0, max_value=9), min_size=1, max_size=20))
def test_any_order_with_any_duplicates_ends_at_the_newest(versions: list[int]) -> None:
    replica = Replica(memory_database()["replica"])
    for version in versions:
        replica.apply("a", version, state(version))
    assert held(replica) == of(max(versions))
