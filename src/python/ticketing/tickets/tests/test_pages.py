"""The list of what is on sale, page by page."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.core.errors import Invalid
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import UNKNOWN_ID, deliver
from ticketing.tickets.service import Tickets
from ticketing.tickets.tests.orders import completed, created


def _sell(service: Service[Tickets], count: int) -> list[str]:
    """The ids of so many new tickets, oldest first."""
    sell = service.use_cases.create
    return [sell(title=f"T{i}", price=100 + i, user_id="seller").id for i in range(count)]


def _walk(client: FlaskClient, url: str) -> list[list[str]]:
    """The ids on each page, from this one on."""
    pages = []
    while url:
        reply = client.get(url)
        assert reply.status_code == 200
        pages.append([ticket["id"] for ticket in reply.get_json()])
        link = reply.headers.get("Link", "")
        assert not link or re.fullmatch(r'<[^>]+>; rel="next"', link)
        url = link.partition(">")[0].removeprefix("<")
    return pages


def test_nothing_on_sale_is_an_empty_array(anyone: FlaskClient) -> None:
    reply = anyone.get("/api/tickets")
    assert reply.status_code == 200
    assert reply.json == []
    assert "Link" not in reply.headers


def test_free_tickets_come_newest_first_in_the_shape_of_a_ticket(
    anyone: FlaskClient, service: Service[Tickets]
) -> None:
    ids = _sell(service, 3)
    tickets: Any = anyone.get("/api/tickets").json
    assert [ticket["id"] for ticket in tickets] == ids[::-1]
    shape = {"title": "T2", "price": 1.02, "userId": "seller", "version": 0}
    assert tickets[0] == {"id": ids[2], **shape}


def test_reserved_and_sold_tickets_are_not_listed(
    anyone: FlaskClient, service: Service[Tickets]
) -> None:
    ids = _sell(service, 4)
    deliver(service, created("o", ids[0]))
    deliver(service, completed("p", ids[2]))
    assert _walk(anyone, "/api/tickets?limit=1") == [[ids[3]], [ids[1]]]


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 200])
def test_the_pages_hold_every_ticket_once(
    anyone: FlaskClient, service: Service[Tickets], limit: int
) -> None:
    ids = _sell(service, 7)[::-1]
    pages = _walk(anyone, f"/api/tickets?limit={limit}")
    assert pages == [ids[start : start + limit] for start in range(0, 7, limit)]


def test_a_page_has_50_tickets_if_nothing_is_said(
    anyone: FlaskClient, service: Service[Tickets]
) -> None:
    ids = _sell(service, 51)[::-1]
    assert _walk(anyone, "/api/tickets") == [ids[:50], ids[50:]]


def test_what_comes_on_sale_or_goes_meanwhile_shifts_no_page(
    anyone: FlaskClient, service: Service[Tickets]
) -> None:
    ids = _sell(service, 4)[::-1]
    link = anyone.get("/api/tickets?limit=2").headers["Link"]
    _sell(service, 1)
    deliver(service, created("o", ids[1]))
    assert _walk(anyone, link.partition(">")[0].removeprefix("<")) == [ids[2:]]


def test_the_link_keeps_the_other_parameters(
    anyone: FlaskClient, service: Service[Tickets]
) -> None:
    _sell(service, 2)
    link = anyone.get("/api/tickets?limit=1&colour=%26%3E").headers["Link"]
    assert "limit=1" in link
    assert "colour=%26%3E" in link


@pytest.mark.parametrize(
    "limit", ["0", "-1", "201", "", "x", "1.5", "1e1", "NaN", "9" * 30, "9" * 5000, "\u00e9"]
)
def test_a_limit_is_1_to_200(anyone: FlaskClient, limit: str) -> None:
    errors = errors_of(anyone.get("/api/tickets", query_string={"limit": limit}), 400)
    assert errors == [entries_of(Invalid({"limit": "Limit must be between 1 and 200"}))[0]]


@pytest.mark.parametrize("cursor", ["", "5c0a", UNKNOWN_ID.upper(), "z" * 24, "\x00", "\u00e9"])
def test_a_cursor_is_an_id(anyone: FlaskClient, cursor: str) -> None:
    errors = errors_of(anyone.get("/api/tickets", query_string={"cursor": cursor}), 400)
    assert errors == entries_of(Invalid({"cursor": "Cursor is not valid"}))
