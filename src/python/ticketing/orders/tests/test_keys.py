"""One order per Idempotency-Key, whatever dies or is lost."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.common.runtime.service import Service
from ticketing.common.testing.idempotency import (
    after_dying_anywhere,
    is_replayed,
    with_lost_answers,
)
from ticketing.common.testing.services import (
    ENV,
    TurnedClock,
    client_of,
    deliver,
    memory_database,
    take_events,
)
from ticketing.orders.main import build
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import TICKET, ticket_created


def order(client: FlaskClient) -> TestResponse:
    headers = {"Idempotency-Key": "once"}
    return client.post("/api/orders", json={"ticketId": TICKET}, headers=headers)


def service_on(database: Any) -> Service[Orders]:
    return build(ENV, database, TurnedClock())


def with_a_ticket() -> Any:
    database = memory_database()
    deliver(service_on(database), ticket_created())
    return database


def test_an_order_is_placed_once_for_a_key(buyer: FlaskClient, service: Service[Orders]) -> None:
    first = order(buyer)
    assert first.status_code == 201
    assert is_replayed(order(buyer), first)
    assert len(take_events(service)) == 1


def test_the_refusal_of_a_key_stays_when_the_ticket_is_free(
    buyer: FlaskClient, rival: FlaskClient
) -> None:
    rivals = order(rival).get_json()
    refused = order(buyer)
    assert refused.status_code == 400
    assert rival.delete(f"/api/orders/{rivals['id']}").status_code == 204
    assert is_replayed(order(buyer), refused)
    assert buyer.post("/api/orders", json={"ticketId": TICKET}).status_code == 201


def test_a_process_that_dies_anywhere_places_no_second_order() -> None:
    replies = 0
    for database, reply in after_dying_anywhere(with_a_ticket, service_on, order, "ann"):
        replies += 1
        assert reply.status_code == 201
        [placed] = database["orders"].find()
        assert reply.get_json()["id"] == placed["_id"]
        assert len(take_events(service_on(database))) == 1
    assert replies == 6


def test_what_a_dead_try_has_placed_is_the_answer_even_if_the_ticket_was_withdrawn_since() -> None:
    for database, _ in after_dying_anywhere(with_a_ticket, service_on, order, "ann"):
        service = service_on(database)
        database["tickets"].update_one({"_id": TICKET}, {"$set": {"withdrawn": True}})
        database["idempotency"].update_one(
            {}, {"$unset": {"answer": ""}, "$set": {"leaseUntil": TurnedClock().now}}
        )
        again = order(client_of(service, "ann"))
        [placed] = database["orders"].find()
        assert (again.status_code, again.get_json()["id"]) == (201, placed["_id"])


def test_an_answer_of_the_database_that_nobody_heard_is_no_refusal() -> None:
    database = with_a_ticket()
    client = client_of(service_on(with_lost_answers(database)), "ann")
    placed = client.post("/api/orders", json={"ticketId": TICKET})
    assert placed.status_code == 201
    [stored] = database["orders"].find()
    assert placed.get_json()["id"] == stored["_id"]
