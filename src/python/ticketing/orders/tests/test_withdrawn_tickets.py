"""Orders on tickets that their sellers take off sale."""

from typing import Any

import pytest
from flask.testing import FlaskClient

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
    take_events,
)
from ticketing.orders.main import build
from ticketing.orders.model import NotForSale, OwnTicket
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import (
    TICKET,
    expired,
    paid,
    place,
    refunded,
    show,
    started,
    ticket_updated,
)

NOT_FOR_SALE = entries_of(NotForSale())
MOMENTS = range(1, 8)


def _withdraw(service: Service[Orders], version: int = 1) -> None:
    assert deliver(service, ticket_updated(version, withdrawn=True)) == Done()


def _relist(service: Service[Orders], version: int = 2) -> None:
    assert deliver(service, ticket_updated(version)) == Done()


def _order(client: FlaskClient) -> list[dict[str, str]]:
    return errors_of(client.post("/api/orders", json={"ticketId": TICKET}), 400)


def test_a_withdrawn_ticket_cannot_be_ordered_until_it_is_relisted(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    _withdraw(service)
    assert _order(buyer) == NOT_FOR_SALE
    assert buyer.get("/api/orders").json == []
    _relist(service)
    place(buyer)


def test_old_news_of_a_withdrawal_does_not_count(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    _relist(service)
    _withdraw(service)
    place(buyer)


def test_its_seller_is_told_first_that_it_is_the_own_ticket(service: Service[Orders]) -> None:
    _withdraw(service)
    seller = client_of(service, "seller")
    assert _order(seller) == entries_of(OwnTicket())


def test_a_withdrawn_ticket_that_is_held_is_not_for_sale(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders]
) -> None:
    place(buyer)
    _withdraw(service)
    assert _order(rival) == NOT_FOR_SALE


@pytest.mark.parametrize("overdue", [False, True])
def test_an_order_that_was_quicker_is_paid_as_any_other(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock, overdue: bool
) -> None:
    order_id = place(buyer)
    _withdraw(service)
    clock.advance(61 if overdue else 1)
    deliver_all(service, [started(order_id), paid(order_id)])
    assert show(buyer, order_id)["status"] == "complete"


@pytest.mark.parametrize("by_time", [False, True])
def test_late_money_for_a_withdrawn_ticket_goes_back(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock, by_time: bool
) -> None:
    order_id = place(buyer)
    if by_time:
        clock.advance(60)
        deliver(service, expired(order_id))
    else:
        buyer.delete(f"/api/orders/{order_id}")
    _withdraw(service)
    take_events(service)
    for _ in range(3):
        assert deliver(service, paid(order_id)) == Done()
    [event] = take_events(service)
    assert event["subject"] == "payment.rejected"
    assert event["reason"] == "The ticket is not for sale any more"
    deliver(service, refunded(order_id))
    shown = show(buyer, order_id)
    assert (shown["status"], shown["refunded"]) == ("cancelled", True)
    assert shown["refundReason"] == "The ticket is not for sale any more"


def test_late_money_wins_a_ticket_that_is_for_sale_again(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    _withdraw(service)
    _relist(service)
    deliver(service, paid(order_id))
    assert show(buyer, order_id)["status"] == "complete"


def test_late_money_wins_a_ticket_whose_withdrawal_is_not_known(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    deliver(service, paid(order_id))
    _withdraw(service)
    assert show(buyer, order_id)["status"] == "complete"


def test_late_money_is_not_forgotten_while_the_news_of_its_ticket_is_missing(
    buyer: FlaskClient, service: Service[Orders], database: Any
) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    database["tickets"].delete_many({})
    deliver(service, paid(order_id))
    assert show(buyer, order_id)["status"] == "complete"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_withdrawal_in_the_midst_of_an_order_loses_neither(
    database: Any, service: Service[Orders], moment: int
) -> None:
    meanwhile: Any = Interrupted(database, moment, lambda: _withdraw(service))
    slow = build(ENV, meanwhile, TurnedClock())
    reply = client_of(slow, "buyer").post("/api/orders", json={"ticketId": TICKET})
    if reply.status_code == 400:
        assert errors_of(reply, 400) == NOT_FOR_SALE
        return
    deliver(service, paid(reply.get_json()["id"]))
    [order] = database["orders"].find()
    assert order["status"] == "complete"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_withdrawal_in_the_midst_of_late_money_loses_no_money(
    buyer: FlaskClient, database: Any, service: Service[Orders], moment: int
) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    take_events(service)
    meanwhile: Any = Interrupted(database, moment, lambda: _withdraw(service))
    deliver_all(build(ENV, meanwhile, TurnedClock()), [paid(order_id)])
    deliver(service, paid(order_id))
    [event] = take_events(service)
    ends = {"complete": "order.completed", "cancelled": "payment.rejected"}
    assert event["subject"] == ends[show(buyer, order_id)["status"]]


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_end_in_the_midst_of_money_for_a_withdrawn_ticket_loses_no_money(
    buyer: FlaskClient, database: Any, service: Service[Orders], moment: int
) -> None:
    order_id = place(buyer)
    _withdraw(service)
    take_events(service)

    def cancel() -> None:
        buyer.delete(f"/api/orders/{order_id}")

    meanwhile: Any = Interrupted(database, moment, cancel)
    deliver_all(build(ENV, meanwhile, TurnedClock()), [paid(order_id)])
    subjects = [event["subject"] for event in take_events(service)]
    if show(buyer, order_id)["status"] == "complete":
        assert subjects == ["order.completed"]
    else:
        assert subjects == ["order.cancelled", "payment.rejected"]
