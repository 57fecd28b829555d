"""The HTTP interface of tickets."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.core.errors import NotAuthorized, NotFound
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import MALFORMED_IDS, entries_of, errors_of
from ticketing.common.testing.services import UNKNOWN_ID, client_of, deliver, take_events
from ticketing.tickets.model import TicketHeld
from ticketing.tickets.service import Tickets
from ticketing.tickets.tests.orders import cancelled, completed, created

CONCERT = {"title": "Concert", "price": 20.5}
NOT_AUTHORIZED = entries_of(NotAuthorized())
NOT_FOUND = entries_of(NotFound())


def _sell(seller: FlaskClient, **fields: Any) -> dict[str, Any]:
    reply = seller.post("/api/tickets", json={**CONCERT, **fields})
    assert reply.status_code == 201
    ticket: dict[str, Any] = reply.get_json()
    return ticket


def test_putting_a_ticket_on_sale_replies_with_it(seller: FlaskClient) -> None:
    reply = seller.post("/api/tickets", json=CONCERT)
    assert reply.status_code == 201
    ticket: Any = reply.json
    assert re.fullmatch("[0-9a-f]{24}", ticket.pop("id"))
    assert ticket == {"title": "Concert", "price": 20.5, "userId": "seller", "version": 0}


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        (20, "20"),
        (20.0, "20"),
        (20.5, "20.5"),
        ("20.50", "20.5"),
        (" 7 ", "7"),
        (".5", "0.5"),
        ("007.10", "7.1"),
        (0.01, "0.01"),
        (0.29, "0.29"),
        (1.1, "1.1"),
        (19.99, "19.99"),
        ("999999.99", "999999.99"),
        (999999.99, "999999.99"),
    ],
)
def test_a_price_is_exact_to_the_cent(seller: FlaskClient, price: Any, shown: str) -> None:
    reply = seller.post("/api/tickets", json={**CONCERT, "price": price})
    assert reply.status_code == 201
    assert f'"price":{shown},' in reply.text


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        (" \t Concert\n ", "Concert"),
        ("x", "x"),
        ("x" * 200, "x" * 200),
        (" " * 500 + "x" * 200, "x" * 200),
        ("\N{GRINNING FACE}" * 200, "\N{GRINNING FACE}" * 200),
        ("a\x00b", "a\x00b"),
        ("<b>$where</b>", "<b>$where</b>"),
    ],
    ids=lambda title: repr(title[:10]),
)
def test_a_title_is_trimmed_text(seller: FlaskClient, title: str, kept: str) -> None:
    ticket = _sell(seller, title=title)
    assert ticket["title"] == kept
    assert seller.get(f"/api/tickets/{ticket['id']}").get_json() == ticket


def test_unknown_body_fields_are_ignored(seller: FlaskClient) -> None:
    ticket = _sell(seller, id=UNKNOWN_ID, userId="other", version=7, orderId="o", more={})
    assert ticket["id"] != UNKNOWN_ID
    assert ticket["userId"] == "seller"
    assert ticket["version"] == 0
    assert "orderId" not in ticket


def test_a_new_ticket_is_told_of_with_its_whole_state(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    ticket = _sell(seller)
    assert take_events(service) == [
        {
            "subject": "ticket.created",
            "id": f"{ticket['id']}-0",
            "occurredAt": "2026-01-31T12:00:00Z",
            "ticket": ticket,
        }
    ]


def test_anyone_gets_a_ticket(seller: FlaskClient, anyone: FlaskClient) -> None:
    ticket = _sell(seller)
    reply = anyone.get(f"/api/tickets/{ticket['id']}")
    assert reply.status_code == 200
    assert reply.json == ticket


def test_a_reserved_ticket_names_its_order_until_it_is_free_again(
    seller: FlaskClient, anyone: FlaskClient, service: Service[Tickets]
) -> None:
    ticket = _sell(seller)
    path = f"/api/tickets/{ticket['id']}"
    deliver(service, created("o", ticket["id"]))
    held = {"orderId": "o", "heldUntil": "2026-01-31T12:01:00.000Z"}
    assert anyone.get(path).json == {**ticket, "version": 1, **held}
    deliver(service, cancelled("o", ticket["id"]))
    assert anyone.get(path).json == {**ticket, "version": 2}


@pytest.mark.parametrize("id", [UNKNOWN_ID, *MALFORMED_IDS])
def test_an_unknown_or_malformed_id_is_not_found(seller: FlaskClient, id: str) -> None:
    path = f"/api/tickets/{id}"
    assert errors_of(seller.get(path), 404) == NOT_FOUND
    assert errors_of(seller.put(path, json=CONCERT), 404) == NOT_FOUND


def test_a_sold_ticket_tells_when_and_for_how_much(
    seller: FlaskClient, anyone: FlaskClient, service: Service[Tickets]
) -> None:
    ticket = _sell(seller, price=99)
    deliver(service, created("o", ticket["id"]))
    deliver(service, completed("o", ticket["id"]))
    sold = {"orderId": "o", "soldAt": "2026-01-31T12:00:00.000Z", "soldFor": 20.5}
    assert anyone.get(f"/api/tickets/{ticket['id']}").json == {**ticket, "version": 2, **sold}
    told = take_events(service)[-1]["ticket"]
    assert told == {**ticket, "version": 2, **sold, "soldAt": "2026-01-31T12:00:00Z"}


def test_an_edit_replies_with_the_next_version(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    ticket = _sell(seller)
    take_events(service)
    reply = seller.put(f"/api/tickets/{ticket['id']}", json={"title": " Opera ", "price": "30"})
    assert reply.status_code == 200
    edited = {**ticket, "title": "Opera", "price": 30, "version": 1}
    assert reply.json == edited
    assert seller.get(f"/api/tickets/{ticket['id']}").json == edited
    [event] = take_events(service)
    assert event["subject"] == "ticket.updated"
    assert event["ticket"] == edited


def test_every_saved_change_grows_the_version_by_one(seller: FlaskClient) -> None:
    path = f"/api/tickets/{_sell(seller)['id']}"
    versions = [seller.put(path, json=CONCERT).get_json()["version"] for _ in range(3)]
    assert versions == [1, 2, 3]
    seller.put(path, json={})
    assert seller.get(path).get_json()["version"] == 3


def test_selling_needs_a_session_before_anything_is_looked_at(anyone: FlaskClient) -> None:
    for path in ("/api/tickets", "/api/tickets/"):
        assert errors_of(anyone.post(path, data=b"{"), 401) == NOT_AUTHORIZED


def test_an_edit_is_checked_in_the_contracts_order(
    seller: FlaskClient, anyone: FlaskClient, service: Service[Tickets]
) -> None:
    other = client_of(service, "other")
    path = f"/api/tickets/{_sell(seller)['id']}"
    deliver(service, created("o", path.rpartition("/")[2]))
    unknown = f"/api/tickets/{UNKNOWN_ID}"
    assert errors_of(anyone.put(unknown, json={}), 401) == NOT_AUTHORIZED
    assert len(errors_of(other.put(unknown, json={}), 400)) == 2
    assert errors_of(other.put(unknown, json=CONCERT), 404) == NOT_FOUND
    assert errors_of(other.put(path, json=CONCERT), 401) == NOT_AUTHORIZED
    refusal = errors_of(seller.put(path, json=CONCERT), 400)
    assert refusal == entries_of(TicketHeld(verb="edit"))


def test_a_ticket_can_be_edited_again_once_it_is_free(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    ticket = _sell(seller)
    deliver(service, created("o", ticket["id"]))
    deliver(service, cancelled("o", ticket["id"]))
    assert seller.put(f"/api/tickets/{ticket['id']}", json=CONCERT).status_code == 200


def test_a_write_by_cookie_needs_the_csrf_header(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    authorization = seller.environ_base.pop("HTTP_AUTHORIZATION")
    seller.set_cookie("session", authorization.removeprefix("Bearer "))
    assert errors_of(seller.post("/api/tickets", json=CONCERT), 401) == NOT_AUTHORIZED
    wrong = {"X-XSRF-TOKEN": "wrong"}
    assert errors_of(seller.post("/api/tickets", json=CONCERT, headers=wrong), 401)
    assert service.stores[0].documents.count_documents({}) == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/tickets"),
        ("PUT", "/api/tickets"),
        ("DELETE", f"/api/tickets/{UNKNOWN_ID}"),
        ("POST", f"/api/tickets/{UNKNOWN_ID}"),
        ("PATCH", f"/api/tickets/{UNKNOWN_ID}"),
        ("GET", f"/api/tickets/{UNKNOWN_ID}/more"),
        ("GET", "/api/ticket"),
    ],
)
def test_anything_else_is_not_found(seller: FlaskClient, method: str, path: str) -> None:
    assert errors_of(seller.open(path, method=method), 404) == NOT_FOUND
