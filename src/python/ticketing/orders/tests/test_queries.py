"""No query of the orders service scans a collection, and each of its indexes is there for one."""

from typing import Any

import pymongo
import pytest

from ticketing.common.testing.queries import Query, Watched, scans, that_queries_need, without
from ticketing.common.testing.services import (
    ENV,
    TurnedClock,
    client_of,
    deliver,
    memory_database,
    take_events,
)
from ticketing.common.web.idempotency import COLLECTION
from ticketing.orders.main import build
from ticketing.orders.repository import INDEXES
from ticketing.orders.tests.news import (
    TICKET,
    expired,
    paid,
    place,
    refunded,
    show,
    started,
    ticket_created,
)


@pytest.fixture(scope="module")
def queries() -> list[Query]:
    """All that the service asks its database, for users, events, the clock and the relay."""
    watched: Any = Watched(memory_database())
    clock = TurnedClock()
    service = build(ENV, watched, clock)
    buyer, rival = client_of(service, "buyer"), client_of(service, "rival")
    deliver(service, ticket_created())
    order = place(buyer)
    buyer.delete(f"/api/orders/{order}")
    body, key = {"ticketId": TICKET}, {"Idempotency-Key": "a"}
    orders = [rival.post("/api/orders", json=body, headers=key) for _ in range(2)]
    for news in (started, paid, refunded, expired):
        deliver(service, news(order))
    clock.advance(60)
    place(buyer)
    clock.advance(65)
    service.chores[0].run()
    for sort in ("oldest", "newest"):
        buyer.get(f"/api/orders?sort={sort}")
        buyer.get(f"/api/orders?sort={sort}&cursor={order}")
    show(rival, orders[0].get_json()["id"])
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


def test_all_indexes_are_made_at_the_start() -> None:
    database = memory_database()
    build(ENV, database).prepare()
    for collection, models in INDEXES.items():
        made = {"_id_", *(model.document["name"] for model in models)}
        assert set(database[collection].index_information()) >= made - {"_id_"}
