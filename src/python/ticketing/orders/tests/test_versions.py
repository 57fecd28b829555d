"""Orders are let go of as their buyer has seen them, and told again once they have changed."""

import pytest
from flask.testing import FlaskClient

from ticketing.common.core.errors import Changed
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import deliver
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import TICKET, place, show, started


@pytest.fixture()
def order(buyer: FlaskClient) -> str:
    """The path of an order at version 0."""
    return f"/api/orders/{place(buyer)}"


def test_an_order_has_its_version_as_its_tag(buyer: FlaskClient) -> None:
    placed = buyer.post("/api/orders", json={"ticketId": TICKET})
    assert placed.headers["ETag"] == '"0"'
    assert buyer.get(f"/api/orders/{placed.get_json()['id']}").headers["ETag"] == '"0"'


@pytest.mark.parametrize("which", ["order", "list"])
def test_who_has_it_gets_it_again_once_it_has_changed(
    buyer: FlaskClient, service: Service[Orders], order: str, which: str
) -> None:
    path = order if which == "order" else "/api/orders"
    known = {"If-None-Match": buyer.get(path).headers["ETag"]}
    assert buyer.get(path, headers=known).status_code == 304
    deliver(service, started(order.rpartition("/")[2]))
    assert buyer.get(path, headers=known).status_code == 200


def test_a_strangers_known_tag_opens_nothing(rival: FlaskClient, order: str) -> None:
    errors_of(rival.get(order, headers={"If-None-Match": '"0"'}), 401)
    errors_of(rival.delete(order, headers={"If-Match": "*"}), 401)


def test_an_order_that_has_changed_since_is_not_let_go_of(
    buyer: FlaskClient, service: Service[Orders], order: str
) -> None:
    id = order.rpartition("/")[2]
    deliver(service, started(id))
    refused = buyer.delete(order, headers={"If-Match": '"0"'})
    assert errors_of(refused, 412) == entries_of(Changed())
    assert show(buyer, id)["status"] == "awaiting:payment"
    done = buyer.delete(order, headers={"If-Match": '"1"'})
    assert (done.status_code, done.data) == (204, b"")
    assert show(buyer, id)["status"] == "cancelled"
