"""No query of the payments service scans a collection, and each of its indexes is there for one."""

import pymongo
import pytest

from ticketing.common.testing.queries import Query, scans, that_queries_need, without
from ticketing.common.testing.services import client_of
from ticketing.common.web.idempotency import COLLECTION
from ticketing.payments.repository import INDEXES
from ticketing.payments.tests.memory_processor import SLOW
from ticketing.payments.tests.till import ORDER, Till


@pytest.fixture(scope="module")
def queries() -> list[Query]:
    """All that the service asks, for buyers, events, webhooks, the clock and the relay."""
    till = Till()
    till.order()
    body, key = {"token": SLOW, "orderId": ORDER}, {"Idempotency-Key": "a"}
    for _ in range(2):
        client_of(till.service, "buyer").post("/api/payments", json=body, headers=key)
    till.sweep()
    till.stripe.finish("pi_1")
    till.hear()
    till.hear("pi_of_another")
    till.cancel_order()
    till.reject_payment()
    till.events()
    found: list[Query] = till.watched.queries
    return found


def test_no_query_scans(queries: list[Query]) -> None:
    assert scans(queries, INDEXES) == []
    assert {query.collection for query in queries} == {*INDEXES, COLLECTION}


@pytest.mark.parametrize(("collection", "index"), that_queries_need(INDEXES))
def test_without_one_of_the_indexes_a_query_scans(
    queries: list[Query], collection: str, index: pymongo.IndexModel
) -> None:
    assert scans(queries, without(INDEXES, collection, index))
