"""Orders whose buyer tries to pay: they await the money, and are orders in every other way."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.errors import Refused
from ticketing.common.messaging.bus import Done
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import (
    ENV,
    Interrupted,
    TurnedClock,
    client_of,
    deliver,
    deliver_all,
    memory_database,
    take_events,
)
from ticketing.orders.main import build
from ticketing.orders.model import TicketReserved
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import TICKET, expired, paid, place, show, started, ticket_created

MOMENTS = range(1, 7)


@pytest.fixture()
def awaiting(buyer: FlaskClient, service: Service[Orders]) -> str:
    """An order that awaits its payment, all of which has been told."""
    order_id = place(buyer)
    assert deliver(service, started(order_id)) == Done()
    take_events(service)
    return order_id


def test_a_started_payment_is_awaited_and_no_other_service_is_told(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    take_events(service)
    for attempt in (1, 1, 3):
        assert deliver(service, started(order_id, attempt)) == Done()
    shown = show(buyer, order_id)
    assert (shown["status"], shown["version"]) == ("awaiting:payment", 1)
    assert take_events(service) == []


def test_an_awaiting_order_holds_its_ticket(rival: FlaskClient, awaiting: str) -> None:
    [error] = errors_of(rival.post("/api/orders", json={"ticketId": TICKET}), 400)
    assert error == entries_of(TicketReserved())[0]


def test_an_awaiting_order_can_be_cancelled(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders], awaiting: str
) -> None:
    assert buyer.delete(f"/api/orders/{awaiting}").status_code == 204
    [event] = take_events(service)
    assert (event["subject"], event["order"]["version"]) == ("order.cancelled", 2)
    place(rival)


def test_the_hold_of_an_awaiting_order_ends_at_its_time(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock, awaiting: str
) -> None:
    clock.advance(60)
    assert deliver(service, expired(awaiting)) == Done()
    shown = show(buyer, awaiting)
    assert (shown["status"], shown["expired"]) == ("cancelled", True)


def test_the_sweep_finds_an_awaiting_order_that_is_overdue(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock, awaiting: str
) -> None:
    clock.advance(62)
    service.chores[0].run()
    assert show(buyer, awaiting)["status"] == "cancelled"


def test_an_overdue_awaiting_order_gives_way(
    buyer: FlaskClient, rival: FlaskClient, clock: TurnedClock, awaiting: str
) -> None:
    clock.advance(60)
    place(rival)
    assert show(buyer, awaiting)["status"] == "cancelled"


def test_an_awaiting_order_is_complete_once_it_is_paid(
    buyer: FlaskClient, service: Service[Orders], awaiting: str
) -> None:
    deliver(service, paid(awaiting))
    assert show(buyer, awaiting)["status"] == "complete"


@pytest.mark.parametrize("end", ["cancelled", "expired", "complete"])
def test_a_start_that_is_told_late_changes_nothing(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock, end: str
) -> None:
    order_id = place(buyer)
    match end:
        case "cancelled":
            buyer.delete(f"/api/orders/{order_id}")
        case "expired":
            clock.advance(60)
            deliver(service, expired(order_id))
        case "complete":
            deliver(service, paid(order_id))
    before = show(buyer, order_id)
    assert deliver(service, started(order_id)) == Done()
    assert show(buyer, order_id) == before


def test_only_time_makes_an_order_expired(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    cancelled = place(buyer)
    buyer.delete(f"/api/orders/{cancelled}")
    overdue = place(buyer)
    clock.advance(60)
    buyer.delete(f"/api/orders/{overdue}")
    in_the_way = place(buyer)
    clock.advance(60)
    place(rival)
    orders = [show(buyer, id).get("expired") for id in (cancelled, overdue, in_the_way)]
    assert orders == [None, None, True]


def test_an_expired_order_that_is_paid_late_is_not_expired_any_more(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    order_id = place(buyer)
    clock.advance(60)
    deliver(service, expired(order_id))
    assert show(buyer, order_id)["expired"] is True
    deliver(service, paid(order_id))
    assert "expired" not in show(buyer, order_id)


class Scene:
    """One order, and two processes that change it."""

    def __init__(self) -> None:
        self.database, self.clock = memory_database(), TurnedClock()
        self.service = build(ENV, self.database, self.clock)
        self.buyer = client_of(self.service, "buyer")
        deliver(self.service, ticket_created())
        self.order_id = place(self.buyer)

    def interrupted(self, moment: int, step: Any) -> Service[Orders]:
        """The process that loses the processor before its moment-th operation."""
        meanwhile: Any = Interrupted(self.database, moment, step)
        return build(ENV, meanwhile, self.clock)

    @property
    def status(self) -> str:
        return str(show(self.buyer, self.order_id)["status"])


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_start_in_the_midst_of_a_cancellation_does_not_undo_it(moment: int) -> None:
    scene = Scene()
    start = started(scene.order_id)
    service = scene.interrupted(moment, lambda: deliver(scene.service, start))
    service.use_cases.cancel(scene.order_id, user_id="buyer")
    assert scene.status == "cancelled"


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("end", ["cancelled", "complete"])
def test_an_end_in_the_midst_of_a_start_stays(moment: int, end: str) -> None:
    scene = Scene()

    def step() -> None:
        if end == "complete":
            deliver(scene.service, paid(scene.order_id))
        else:
            scene.service.use_cases.cancel(scene.order_id, user_id="buyer")

    assert deliver(scene.interrupted(moment, step), started(scene.order_id)) == Done()
    assert scene.status in (end, "awaiting:payment")
    step()
    assert scene.status == end


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_start_in_the_midst_of_a_payment_does_not_undo_it(moment: int) -> None:
    scene = Scene()
    start = started(scene.order_id)
    service = scene.interrupted(moment, lambda: deliver(scene.service, start))
    assert deliver(service, paid(scene.order_id)) == Done()
    assert scene.status == "complete"
    completed = [e for e in take_events(scene.service) if e["subject"] == "order.completed"]
    assert len(completed) == 1


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_shuffle_of_the_news_ends_alike(data: st.DataObject) -> None:
    scene = Scene()
    scene.clock.advance(60)
    news = [started(scene.order_id), started(scene.order_id, 3), paid(scene.order_id)]
    news_and_end = [*news, expired(scene.order_id)]
    twice = data.draw(st.lists(st.sampled_from(news_and_end), max_size=3))
    deliver_all(scene.service, data.draw(st.permutations(news_and_end + twice)))
    assert scene.status == "complete"


def test_a_refused_cancellation_of_a_complete_order_stays_refused(
    buyer: FlaskClient, service: Service[Orders], awaiting: str
) -> None:
    deliver_all(service, [paid(awaiting), started(awaiting, 5)])
    with pytest.raises(Refused):
        service.use_cases.cancel(awaiting, user_id="buyer")
