"""A user holds at most so many tickets at once without paying, however quick they are."""

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.core.errors import Conflict, Failure
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import new_id
from ticketing.common.testing.services import ENV, Interrupted, TurnedClock, deliver
from ticketing.orders.main import build
from ticketing.orders.model import TooManyHolds
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import expired, paid, place, show, started, ticket_created

TICKETS = [f"5c0a7922c9d8983000000{number:03x}" for number in range(12)]
FULL = "You can hold at most 10 tickets at once"


@pytest.fixture()
def tickets(service: Service[Orders]) -> list[str]:
    """Twelve, on sale."""
    for id in TICKETS:
        deliver(service, ticket_created(id))
    return TICKETS


@pytest.fixture()
def held(buyer: FlaskClient, tickets: list[str]) -> list[str]:
    """The ten orders of a buyer who holds as many tickets as one may."""
    return [place(buyer, id) for id in tickets[:10]]


def limited_to(most: int, database: Any, clock: TurnedClock) -> Service[Orders]:
    return build({**ENV, "MAX_OPEN_HOLDS": str(most)}, database, clock)


def refusal(client: FlaskClient, ticket_id: str) -> str:
    reply = client.post("/api/orders", json={"ticketId": ticket_id})
    assert reply.status_code == 400
    return str(reply.get_json()["errors"][0]["message"])


def open_holds(database: Any) -> list[Any]:
    return [order for order in database["orders"].find() if "hold" in order]


def test_an_eleventh_ticket_cannot_be_held(
    held: list[str], buyer: FlaskClient, rival: FlaskClient, tickets: list[str]
) -> None:
    assert refusal(buyer, tickets[10]) == FULL
    place(rival, tickets[10])


def test_what_is_paid_is_no_open_hold(
    service: Service[Orders], held: list[str], buyer: FlaskClient, tickets: list[str]
) -> None:
    deliver(service, paid(held[3]))
    place(buyer, tickets[10])
    assert refusal(buyer, tickets[11]) == FULL


def test_what_time_has_ended_is_no_open_hold(
    service: Service[Orders], database: Any, clock: TurnedClock, buyer: FlaskClient
) -> None:
    order_id = place(buyer)
    assert len(open_holds(database)) == 1
    clock.advance(60)
    deliver(service, expired(order_id))
    assert open_holds(database) == []


def test_what_is_cancelled_is_no_open_hold(
    held: list[str], buyer: FlaskClient, tickets: list[str]
) -> None:
    buyer.delete(f"/api/orders/{held[3]}")
    place(buyer, tickets[10])
    assert refusal(buyer, tickets[11]) == FULL


def test_an_order_that_awaits_its_payment_is_an_open_hold(
    service: Service[Orders], held: list[str], buyer: FlaskClient, tickets: list[str]
) -> None:
    deliver(service, started(held[0]))
    assert show(buyer, held[0])["status"] == "awaiting:payment"
    assert refusal(buyer, tickets[10]) == FULL


def test_overdue_holds_make_room_before_the_sweep_has_ended_them(
    held: list[str], buyer: FlaskClient, tickets: list[str], clock: TurnedClock
) -> None:
    clock.advance(60)
    place(buyer, tickets[10])
    assert show(buyer, held[0])["expired"]


def test_late_money_takes_its_ticket_again_from_one_who_holds_as_many_as_one_may(
    service: Service[Orders], held: list[str], buyer: FlaskClient, tickets: list[str]
) -> None:
    buyer.delete(f"/api/orders/{held[0]}")
    place(buyer, tickets[10])
    deliver(service, paid(held[0]))
    assert show(buyer, held[0])["status"] == "complete"
    assert refusal(buyer, tickets[11]) == FULL


def test_what_was_held_before_the_limit_was_lowered_counts(
    database: Any, clock: TurnedClock, held: list[str], tickets: list[str]
) -> None:
    orders = limited_to(5, database, clock).use_cases
    with pytest.raises(TooManyHolds, match="You can hold at most 5 tickets at once"):
        orders.create(ticket_id=tickets[10], user_id="buyer")
    for order_id in held[4:]:
        orders.cancel(order_id, user_id="buyer")
    assert orders.create(ticket_id=tickets[10], user_id="buyer").slot in range(5)


def test_who_asks_again_under_the_same_id_gets_the_hold_that_there_is(
    service: Service[Orders], held: list[str], tickets: list[str]
) -> None:
    again = service.use_cases.create(ticket_id=tickets[0], user_id="buyer", id=held[0])
    assert again.id == held[0]


@pytest.mark.parametrize("moment", range(1, 9))
def test_of_two_orders_for_the_last_hold_one_is_placed(
    database: Any, clock: TurnedClock, tickets: list[str], moment: int
) -> None:
    def step() -> None:
        limited_to(2, database, clock).use_cases.create(ticket_id=tickets[1], user_id="buyer")

    limited_to(2, database, clock).use_cases.create(ticket_id=tickets[0], user_id="buyer")
    meanwhile = Interrupted(database, moment, step)
    orders = limited_to(2, meanwhile, clock).use_cases
    try:
        orders.create(ticket_id=tickets[2], user_id="buyer")
    except TooManyHolds:
        assert meanwhile.happened
    assert len(open_holds(database)) <= 2
    assert len(open_holds(database)) == 2 or not meanwhile.happened


def test_of_many_orders_at_once_no_more_are_placed_than_one_may_hold(
    database: Any, clock: TurnedClock, tickets: list[str]
) -> None:
    told: list[Failure] = []

    def order(ticket_id: str) -> None:
        orders = limited_to(4, database, clock).use_cases
        try:
            orders.create(ticket_id=ticket_id, user_id="buyer", id=new_id())
        except Failure as failure:
            told.append(failure)

    threads = [threading.Thread(target=order, args=(id,)) for id in tickets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    holds = open_holds(database)
    assert len(holds) + len(told) == len(tickets)
    assert 1 <= len(holds) <= 4
    assert len({order["hold"] for order in holds}) == len(holds)
    assert {type(failure) for failure in told} <= {TooManyHolds, Conflict}
