"""Changes to a ticket that go by what their seller has seen, and reads by what a reader has."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.core.errors import Changed
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import (
    ENV,
    UNKNOWN_ID,
    Interrupted,
    client_of,
    deliver,
    memory_database,
)
from ticketing.tickets.main import build
from ticketing.tickets.service import Tickets
from ticketing.tickets.tests.orders import created

OPERA = {"title": "Opera", "price": 20.5}
CHANGED = entries_of(Changed())


@pytest.fixture()
def ticket(seller: FlaskClient) -> str:
    """The path of a ticket at version 0."""
    return f"/api/tickets/{seller.post('/api/tickets', json=OPERA).get_json()['id']}"


def ways(ticket: str) -> list[tuple[str, str]]:
    """Every way to change a ticket."""
    return [("PUT", ticket), ("POST", f"{ticket}/withdraw"), ("POST", f"{ticket}/relist")]


def test_every_answer_about_a_ticket_has_its_version_as_its_tag(
    seller: FlaskClient, ticket: str
) -> None:
    tags = [seller.get(ticket).headers["ETag"]]
    for method, path in ways(ticket):
        tags.append(seller.open(path, method=method, json=OPERA).headers["ETag"])
    assert tags == ['"0"', '"1"', '"2"', '"3"']
    assert seller.post("/api/tickets", json=OPERA).headers["ETag"] == '"0"'


def test_an_answer_that_is_given_again_has_its_tag_too(seller: FlaskClient) -> None:
    key = {"Idempotency-Key": "a"}
    first, again = (seller.post("/api/tickets", json=OPERA, headers=key) for _ in range(2))
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"] == '"0"'


def test_who_has_a_ticket_gets_it_again_once_it_has_changed(
    seller: FlaskClient, anyone: FlaskClient, ticket: str
) -> None:
    known = {"If-None-Match": anyone.get(ticket).headers["ETag"]}
    assert anyone.get(ticket, headers=known).status_code == 304
    seller.put(ticket, json=OPERA)
    assert anyone.get(ticket, headers=known).status_code == 200


@pytest.mark.parametrize("path", ["/api/tickets", "/api/tickets/mine", "/api/tickets/mine/sales"])
def test_who_has_a_list_gets_it_again_once_it_has_changed(
    seller: FlaskClient, service: Service[Tickets], ticket: str, path: str
) -> None:
    known = {"If-None-Match": seller.get(path).headers["ETag"]}
    assert seller.get(path, headers=known).status_code == 304
    order = created("o", ticket.rpartition("/")[2])
    deliver(service, order)
    changed = seller.get(path, headers=known).status_code
    assert changed == (304 if "sales" in path else 200)


@pytest.mark.parametrize("way", range(3))
def test_a_change_of_what_has_changed_since_is_refused_and_changes_nothing(
    seller: FlaskClient, ticket: str, way: int
) -> None:
    seller.put(ticket, json=OPERA)
    before = seller.get(ticket).json
    method, path = ways(ticket)[way]
    seen = {"If-Match": '"0"'}
    refused = seller.open(path, method=method, json={**OPERA, "title": "Mine"}, headers=seen)
    assert errors_of(refused, 412) == CHANGED
    assert seller.get(ticket).json == before


@pytest.mark.parametrize("way", range(3))
@pytest.mark.parametrize("tags", ['"0"', "*", '"7", "0"'])
def test_a_change_of_what_was_seen_is_made(
    seller: FlaskClient, ticket: str, way: int, tags: str
) -> None:
    method, path = ways(ticket)[way]
    changed = seller.open(path, method=method, json=OPERA, headers={"If-Match": tags})
    assert changed.status_code == 200


def test_first_comes_who_may_then_what_was_seen_then_the_rule(
    seller: FlaskClient, service: Service[Tickets], ticket: str
) -> None:
    seen = {"If-Match": '"0"'}
    deliver(service, created("o", ticket.rpartition("/")[2]))
    other = client_of(service, "other")
    errors_of(other.put(ticket, json=OPERA, headers=seen), 401)
    errors_of(seller.put(ticket, json={}, headers=seen), 400)
    errors_of(seller.put(ticket, json=OPERA, headers=seen), 412)
    errors_of(seller.put(ticket, json=OPERA, headers={"If-Match": '"1"'}), 400)
    errors_of(seller.put(f"/api/tickets/{UNKNOWN_ID}", json=OPERA, headers=seen), 404)


@pytest.mark.parametrize("step", range(1, 6))
def test_of_two_changes_of_what_was_seen_at_once_one_is_made(step: int) -> None:
    """Whatever the moment at which the other one comes in between."""
    database = memory_database()
    seller = client_of(build(ENV, database), "seller")
    path = f"/api/tickets/{seller.post('/api/tickets', json=OPERA).get_json()['id']}"

    def put(client: FlaskClient, title: str) -> int:
        sent = {**OPERA, "title": title}
        return client.put(path, json=sent, headers={"If-Match": '"0"'}).status_code

    interrupted: Any = Interrupted(database, step, lambda: put(seller, "Other"))
    status = put(client_of(build(ENV, interrupted), "seller"), "Late")
    kept = seller.get(path).get_json()
    assert kept["version"] == 1
    assert (status, kept["title"]) in [(200, "Late"), (412, "Other")]
