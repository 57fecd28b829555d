"""The rules of an order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ticketing.common.core.errors import NotAuthorized, NotYet, Refused
from ticketing.common.core.events import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderState,
    OrderStatus,
    PaymentRejected,
)
from ticketing.common.testing.events import order_state
from ticketing.orders.model import Order, Ticket

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
HOLD = timedelta(seconds=60)
CONCERT = Ticket(id="t", title="Concert", price=2050, user_id="seller", version=3)


@pytest.fixture()
def order() -> Order:
    """Placed and saved."""
    order = Order.place(id="o", user_id="buyer", ticket=CONCERT, now=NOW, hold=HOLD)
    order.saved()
    return order


def _state(status: OrderStatus, version: int) -> OrderState:
    return order_state(status=status, version=version, expires_at=NOW + HOLD)


def test_a_new_order_tells_its_whole_state() -> None:
    order = Order.place(id="o", user_id="buyer", ticket=CONCERT, now=NOW, hold=HOLD)
    state = _state(OrderStatus.CREATED, 0)
    assert order.events == [OrderCreated(id="o-0", occurred_at=NOW, order=state)]


def test_a_seller_cannot_order_the_own_ticket() -> None:
    with pytest.raises(Refused, match="You cannot order your own ticket"):
        Order.place(id="o", user_id="seller", ticket=CONCERT, now=NOW, hold=HOLD)


def test_a_withdrawn_ticket_cannot_be_ordered() -> None:
    withdrawn = replace(CONCERT, withdrawn=True)
    with pytest.raises(Refused, match="Ticket is not for sale"):
        Order.place(id="o", user_id="buyer", ticket=withdrawn, now=NOW, hold=HOLD)


@pytest.mark.parametrize("status", OrderStatus)
def test_only_a_new_order_comes_to_await_its_payment(order: Order, status: OrderStatus) -> None:
    order.status = status
    order.await_payment()
    is_new = status is OrderStatus.CREATED
    assert order.changed is is_new
    assert order.status is (OrderStatus.AWAITING_PAYMENT if is_new else status)
    assert order.events == []


def test_only_the_buyer_owns_an_order(order: Order) -> None:
    order.check_owner("buyer")
    with pytest.raises(NotAuthorized):
        order.check_owner("seller")


def test_cancelling_is_told(order: Order) -> None:
    order.cancel(NOW)
    state = _state(OrderStatus.CANCELLED, 1)
    assert order.events == [OrderCancelled(id="o-1", occurred_at=NOW, order=state)]


def test_cancelling_twice_changes_nothing_more(order: Order) -> None:
    order.cancel(NOW)
    order.saved()
    order.cancel(NOW)
    assert not order.changed


def test_a_paid_order_cannot_be_cancelled(order: Order) -> None:
    order.complete("p", NOW)
    with pytest.raises(Refused):
        order.cancel(NOW)
    assert order.status is OrderStatus.COMPLETE


@pytest.mark.parametrize("status", [OrderStatus.CREATED, OrderStatus.AWAITING_PAYMENT])
def test_a_hold_ends_at_its_time_and_not_before(order: Order, status: OrderStatus) -> None:
    order.status = status
    with pytest.raises(NotYet):
        order.expire(NOW + HOLD - timedelta(milliseconds=1))
    assert order.status is status
    order.expire(NOW + HOLD)
    assert order.status is OrderStatus.CANCELLED


def test_a_hold_ends_early_if_an_operator_says_so(order: Order) -> None:
    order.expire(NOW, early=True)
    assert (order.status, order.expired) == (OrderStatus.CANCELLED, True)


@pytest.mark.parametrize("status", [OrderStatus.CANCELLED, OrderStatus.COMPLETE])
def test_an_ended_order_does_not_expire(order: Order, status: OrderStatus) -> None:
    order.status = status
    order.expire(NOW, early=True)
    order.expire(NOW + HOLD)
    assert not order.changed
    assert not order.is_overdue(NOW + HOLD)


@pytest.mark.parametrize("late", [False, True])
def test_completing_is_told(order: Order, late: bool) -> None:
    if late:
        order.cancel(NOW)
        order.saved()
    order.complete("p", NOW)
    state = _state(OrderStatus.COMPLETE, order.version)
    event_id = f"o-{order.version}"
    assert order.events == [OrderCompleted(id=event_id, occurred_at=NOW, order=state)]
    assert order.payment_id == "p"


def test_rejecting_a_payment_asks_for_the_money_to_go_back(order: Order) -> None:
    order.cancel(NOW)
    order.saved()
    order.reject("p", "too late", NOW)
    rejected = PaymentRejected(
        id="o-2", occurred_at=NOW, payment_id="p", order_id="o", reason="too late"
    )
    assert order.events == [rejected]
    assert order.status is OrderStatus.CANCELLED
    assert order.payment_id == "p"


def test_a_refund_is_noted_once_and_told_to_nobody(order: Order) -> None:
    order.note_refund()
    assert order.refunded
    assert order.version == 1
    assert order.events == []
    order.saved()
    order.note_refund()
    assert not order.changed
