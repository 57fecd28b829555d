"""No query of the tickets service scans a collection, and each of its indexes is there for one."""

from itertools import product
from typing import Any

import pymongo
import pytest
from flask.testing import FlaskClient

from ticketing.common.testing.queries import Query, Watched, scans, that_queries_need, without
from ticketing.common.testing.services import ENV, client_of, deliver, memory_database, take_events
from ticketing.common.web.idempotency import COLLECTION
from ticketing.tickets.main import build
from ticketing.tickets.repository import INDEXES
from ticketing.tickets.tests.orders import created

OPERA = {"title": "Opera at night", "price": 25}
WORDS = ("", "op", "opera night")
PRICES: tuple[dict[str, str], ...] = ({}, {"minPrice": "1"}, {"maxPrice": "90"})
SORTS = ("newest", "cheapest", "dearest")


@pytest.fixture(scope="module")
def queries() -> list[Query]:
    """All that the service asks its database, for users, events and the relay."""
    watched: Any = Watched(memory_database())
    service = build(ENV, watched)
    seller = client_of(service, "seller")
    key = {"Idempotency-Key": "a"}
    made = [seller.post("/api/tickets", json=OPERA, headers=key) for _ in range(2)]
    seller.post("/api/tickets", json=OPERA)
    ticket = f"/api/tickets/{made[0].get_json()['id']}"
    seller.put(ticket, json=OPERA)
    for verb in ("withdraw", "relist"):
        seller.post(f"{ticket}/{verb}")
    _search(seller)
    seller.get("/api/tickets/mine")
    seller.get(f"/api/tickets/mine?cursor={'f' * 24}")
    seller.get("/api/tickets/mine/sales")
    deliver(service, created("5c0a7922c9d89830f4911430", made[0].get_json()["id"]))
    take_events(service)
    found: list[Query] = watched.queries
    return found


def _search(visitor: FlaskClient) -> None:
    for words, prices, sort in product(WORDS, PRICES, SORTS):
        asked = {"q": words, "sort": sort, "limit": "1", **prices}
        page = visitor.get("/api/tickets", query_string=asked)
        following = page.headers["Link"].partition(">")[0].removeprefix("<")
        assert visitor.get(following).status_code == 200


def test_no_query_scans(queries: list[Query]) -> None:
    assert scans(queries, INDEXES) == []
    assert {query.collection for query in queries} == {*INDEXES, COLLECTION}


@pytest.mark.parametrize(("collection", "index"), that_queries_need(INDEXES))
def test_without_one_of_the_indexes_a_query_scans(
    queries: list[Query], collection: str, index: pymongo.IndexModel
) -> None:
    assert scans(queries, without(INDEXES, collection, index))
