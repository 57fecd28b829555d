"""No query of the auth service scans a collection, and each of its indexes is there for one."""

from typing import Any

import pymongo
import pytest

from ticketing.auth.main import build
from ticketing.auth.repository import INDEXES
from ticketing.common.testing.queries import Query, Watched, scans, that_queries_need, without
from ticketing.common.testing.services import ENV, client_of, memory_database, take_events
from ticketing.common.web.idempotency import COLLECTION

ANN = {"email": "ann@example.com", "password": "correct horse"}


@pytest.fixture(scope="module")
def queries() -> list[Query]:
    watched: Any = Watched(memory_database())
    service = build(ENV, watched)
    client = client_of(service)
    for _ in range(2):
        client.post("/api/users/signup", json=ANN, headers={"Idempotency-Key": "a"})
    client.post("/api/users/signup", json=ANN)
    client.post("/api/users/signin", json=ANN)
    take_events(service)
    found: list[Query] = watched.queries
    return found


def test_no_query_scans(queries: list[Query]) -> None:
    assert scans(queries, INDEXES) == []
    assert {query.collection for query in queries} == {*INDEXES, COLLECTION}


@pytest.mark.parametrize(("collection", "index"), that_queries_need(INDEXES))
def test_without_one_of_the_indexes_a_query_scans(
    queries: list[Query], collection: str, index: pymongo.IndexModel
) -> None:
    assert scans(queries, without(INDEXES, collection, index))
