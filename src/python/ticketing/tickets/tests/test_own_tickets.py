"""What sellers see of their own: tickets in every state, and sales by the day."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.errors import Invalid, NotAuthorized
from ticketing.common.runtime.service import Service
from ticketing.common.testing.events import NOON
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import UNKNOWN_ID, deliver
from ticketing.tickets.sales import Sale, by_day
from ticketing.tickets.service import Tickets
from ticketing.tickets.tests.orders import completed, created
from ticketing.tickets.tests.walking import walk

SALES = "/api/tickets/mine/sales"


def _sell(service: Service[Tickets], count: int, user_id: str = "seller") -> list[str]:
    """The ids of so many new tickets, newest first."""
    sell = service.use_cases.create
    return [sell(title="T", price=2050, user_id=user_id).id for _ in range(count)][::-1]


def _sold(service: Service[Tickets], at: datetime, user_id: str = "seller") -> None:
    [id] = _sell(service, 1, user_id)
    news = completed(f"order-{id}", id)
    service.use_cases.note_order(news.order, at)
    service.use_cases.settle(news.order)


def test_own_tickets_in_every_state_come_newest_first(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    ids = _sell(service, 4)
    _sell(service, 1, "other")
    deliver(service, created("o", ids[0]))
    deliver(service, completed("p", ids[1]))
    service.use_cases.withdraw(ids[2], user_id="seller")
    mine: Any = seller.get("/api/tickets/mine").json
    assert mine == [seller.get(f"/api/tickets/{id}").json for id in ids]
    assert ["heldUntil" in mine[0], "soldAt" in mine[1], "withdrawn" in mine[2]] == [True] * 3


@pytest.mark.parametrize("limit", [1, 2, 6, 7, 8, 200])
def test_the_pages_hold_every_own_ticket_once(
    seller: FlaskClient, service: Service[Tickets], limit: int
) -> None:
    ids = _sell(service, 7)
    pages = walk(seller, "/api/tickets/mine", limit=limit)
    assert pages == [ids[start : start + limit] for start in range(0, 7, limit)]


@pytest.mark.parametrize("limit", [2, 7])
def test_own_tickets_come_oldest_first_if_asked_so(
    seller: FlaskClient, service: Service[Tickets], limit: int
) -> None:
    ids = _sell(service, 7)[::-1]
    pages = walk(seller, "/api/tickets/mine", sort="oldest", limit=limit)
    assert pages == [ids[start : start + limit] for start in range(0, 7, limit)]


@pytest.mark.parametrize("sort", ["", "cheapest", "Newest", "_id"])
def test_own_tickets_come_newest_or_oldest_first(seller: FlaskClient, sort: str) -> None:
    errors = errors_of(seller.get("/api/tickets/mine", query_string={"sort": sort}), 400)
    assert errors == [entries_of(Invalid({"sort": "Sort must be newest or oldest"}))[0]]


def test_a_page_of_own_tickets_has_50_if_nothing_is_said(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    ids = _sell(service, 51)
    assert walk(seller, "/api/tickets/mine") == [ids[:50], ids[50:]]


@pytest.mark.parametrize("path", ["/api/tickets/mine", SALES])
def test_own_things_need_a_session_before_anything_is_looked_at(
    anyone: FlaskClient, path: str
) -> None:
    for query in ("", "?limit=0&days=0"):
        assert errors_of(anyone.get(path + query), 401) == entries_of(NotAuthorized())


@pytest.mark.parametrize("limit", ["0", "201", "", "x"])
def test_a_limit_is_1_to_200(seller: FlaskClient, limit: str) -> None:
    errors = errors_of(seller.get("/api/tickets/mine", query_string={"limit": limit}), 400)
    assert errors == [entries_of(Invalid({"limit": "Limit must be between 1 and 200"}))[0]]


@pytest.mark.parametrize("cursor", ["", "x", f"00000100-{UNKNOWN_ID}"])
def test_a_cursor_is_an_id(seller: FlaskClient, cursor: str) -> None:
    errors = errors_of(seller.get("/api/tickets/mine", query_string={"cursor": cursor}), 400)
    assert errors == entries_of(Invalid({"cursor": "Cursor is not valid"}))


def test_no_sales_are_an_empty_array(seller: FlaskClient, service: Service[Tickets]) -> None:
    _sell(service, 1)
    _sold(service, NOON, "other")
    assert seller.get(SALES).json == []


def test_sales_are_added_up_by_utc_day_oldest_first(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    midnight = NOON.replace(hour=0)
    for at in (NOON, midnight, midnight - timedelta(milliseconds=1), NOON - timedelta(days=3)):
        _sold(service, at)
    assert seller.get(SALES).json == [
        {"day": "2026-01-28", "tickets": 1, "amount": 20.5},
        {"day": "2026-01-30", "tickets": 1, "amount": 20.5},
        {"day": "2026-01-31", "tickets": 2, "amount": 41},
    ]


@pytest.mark.parametrize(
    ("days", "shown"), [("1", 1), ("2", 2), ("30", 30), (None, 30), ("31", 31), ("366", 35)]
)
def test_the_days_asked_for_end_today(
    seller: FlaskClient, service: Service[Tickets], days: str | None, shown: int
) -> None:
    for ago in range(35):
        _sold(service, NOON.replace(hour=0) - timedelta(days=ago))
    found: Any = seller.get(SALES, query_string={"days": days} if days else {}).json
    assert len(found) == shown
    assert found[-1]["day"] == "2026-01-31"


@pytest.mark.parametrize("days", ["0", "-1", "367", "", "x", "1.5", "9" * 5000, "\u00e9"])
def test_days_are_1_to_366(seller: FlaskClient, days: str) -> None:
    errors = errors_of(seller.get(SALES, query_string={"days": days}), 400)
    assert errors == [entries_of(Invalid({"days": "Days must be between 1 and 366"}))[0]]


def test_a_sale_counts_with_what_was_paid_though_the_price_was_another(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    [id] = _sell(service, 1)
    service.use_cases.edit(id, title="T", price=9900, user_id="seller")
    deliver(service, completed("o", id))
    assert seller.get(SALES).json == [{"day": "2026-01-31", "tickets": 1, "amount": 20.5}]


moments = st.integers(0, 9 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds))
sales = st.builds(Sale, at=moments, price=st.integers(1, 99_999_999))


@settings(deadline=None)
@given(st.lists(sales))
def test_every_sale_counts_once_on_its_day(sales: list[Sale]) -> None:
    days = by_day(sales)
    assert [day.day for day in days] == sorted({sale.at.date() for sale in sales})
    assert sum(day.tickets for day in days) == len(sales)
    for day in days:
        paid = [sale.price for sale in sales if sale.at.date() == day.day]
        assert (day.tickets, day.amount) == (len(paid), sum(paid))
