"""The list of one's own orders, page by page."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.core.errors import Invalid
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import UNKNOWN_ID, client_of, deliver
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import paid, place, show, ticket_created


def _place(client: FlaskClient, service: Service[Orders], count: int) -> list[str]:
    """The ids of so many new orders, oldest first; some are paid, as not all can be held."""
    placed: list[str] = []
    for number in range(count):
        deliver(service, ticket_created(f"{number:024x}"))
        placed.append(place(client, f"{number:024x}"))
        if number >= 9:
            deliver(service, paid(placed[number - 9]))
    return placed


def _walk(client: FlaskClient, url: str) -> list[list[str]]:
    """The ids on each page, from this one on."""
    pages = []
    while url:
        reply = client.get(url)
        assert reply.status_code == 200
        pages.append([order["id"] for order in reply.get_json()])
        url = reply.headers.get("Link", "").partition(">")[0].removeprefix("<")
    return pages


def test_no_orders_are_an_empty_array(buyer: FlaskClient) -> None:
    reply = buyer.get("/api/orders")
    assert reply.status_code == 200
    assert reply.json == []
    assert "Link" not in reply.headers


def test_own_orders_of_every_status_come_oldest_first(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders]
) -> None:
    ids = _place(buyer, service, 3)
    place(rival)
    buyer.delete(f"/api/orders/{ids[0]}")
    deliver(service, paid(ids[1]))
    orders: Any = buyer.get("/api/orders").json
    assert [order["status"] for order in orders] == ["cancelled", "complete", "created"]
    assert orders == [show(buyer, id) for id in ids]


@pytest.mark.parametrize("sort", ["oldest", "newest"])
@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6, 200])
def test_the_pages_hold_every_order_once(
    buyer: FlaskClient, service: Service[Orders], limit: int, sort: str
) -> None:
    ids = _place(buyer, service, 5)
    pages = _walk(buyer, f"/api/orders?limit={limit}&sort={sort}")
    ids = ids if sort == "oldest" else ids[::-1]
    assert pages == [ids[start : start + limit] for start in range(0, 5, limit)]


@pytest.mark.parametrize("sort", ["", "Newest", "cheapest", "\x00"])
def test_a_sort_is_one_of_two(buyer: FlaskClient, sort: str) -> None:
    errors = errors_of(buyer.get("/api/orders", query_string={"sort": sort}), 400)
    assert errors == [entries_of(Invalid({"sort": "Sort must be oldest or newest"}))[0]]


def test_a_sort_is_looked_at_only_in_a_session(service: Service[Orders]) -> None:
    errors_of(client_of(service).get("/api/orders?sort=x"), 401)


def test_a_page_has_50_orders_if_nothing_is_said(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    ids = _place(buyer, service, 51)
    assert _walk(buyer, "/api/orders") == [ids[:50], ids[50:]]


@pytest.mark.parametrize("limit", ["0", "-1", "201", "", "x", "1.5", "9" * 5000])
def test_a_limit_is_1_to_200(buyer: FlaskClient, limit: str) -> None:
    errors = errors_of(buyer.get("/api/orders", query_string={"limit": limit}), 400)
    assert errors == [entries_of(Invalid({"limit": "Limit must be between 1 and 200"}))[0]]


@pytest.mark.parametrize("cursor", ["", "5c0a", UNKNOWN_ID.upper(), "\x00"])
def test_a_cursor_is_an_id(buyer: FlaskClient, cursor: str) -> None:
    errors = errors_of(buyer.get("/api/orders", query_string={"cursor": cursor}), 400)
    assert errors == entries_of(Invalid({"cursor": "Cursor is not valid"}))
