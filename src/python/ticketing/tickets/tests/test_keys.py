"""One listing per Idempotency-Key, whatever dies or is lost."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.common.runtime.service import Service
from ticketing.common.testing.idempotency import (
    after_dying_anywhere,
    is_replayed,
    with_lost_answers,
)
from ticketing.common.testing.services import ENV, client_of, memory_database, take_events
from ticketing.tickets.main import build
from ticketing.tickets.service import Tickets

TICKET = {"title": "Concert", "price": 25}


def put_on_sale(client: FlaskClient) -> TestResponse:
    return client.post("/api/tickets", json=TICKET, headers={"Idempotency-Key": "once"})


def service_on(database: Any) -> Service[Tickets]:
    return build(ENV, database)


def test_a_listing_is_made_once_for_a_key(seller: FlaskClient, service: Service[Tickets]) -> None:
    first = put_on_sale(seller)
    assert first.status_code == 201
    assert is_replayed(put_on_sale(seller), first)
    assert len(take_events(service)) == 1


def test_the_answer_given_again_is_that_of_then(seller: FlaskClient) -> None:
    first = put_on_sale(seller)
    path = f"/api/tickets/{first.get_json()['id']}"
    assert seller.put(path, json={"title": "Opera", "price": 30}).status_code == 200
    assert is_replayed(put_on_sale(seller), first)
    assert seller.get(path).get_json()["title"] == "Opera"


def test_a_process_that_dies_anywhere_makes_no_second_listing() -> None:
    replies = 0
    for database, reply in after_dying_anywhere(memory_database, service_on, put_on_sale, "ann"):
        replies += 1
        assert reply.status_code == 201
        [ticket] = database["tickets"].find()
        assert reply.get_json()["id"] == ticket["_id"]
        assert len(take_events(service_on(database))) == 1
    assert replies == 3


def test_an_answer_of_the_database_that_nobody_heard_makes_no_second_listing() -> None:
    database = memory_database()
    client = client_of(service_on(with_lost_answers(database)), "ann")
    assert client.post("/api/tickets", json=TICKET).status_code == 201
    assert put_on_sale(client).status_code == 201
    assert database["tickets"].count_documents({}) == 2
