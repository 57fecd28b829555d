"""The rules of a payment."""

from datetime import UTC, datetime

import pytest

from ticketing.common.core.errors import NotAuthorized, Refused
from ticketing.common.core.events import (
    OrderStatus,
    PaymentCreated,
    PaymentRefunded,
    PaymentStarted,
    PaymentState,
)
from ticketing.payments.model import DOUBT, Order, Payment, PaymentStatus

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
ORDER = Order(id="o", user_id="buyer", status=OrderStatus.CREATED, amount=2050)
STATE = PaymentState(id="p", order_id="o", stripe_id="pi_1", amount=20.5)


@pytest.fixture()
def payment() -> Payment:
    """With one attempt under way."""
    payment = Payment.open(id="p", order=ORDER)
    payment.begin("pi_1", "tok_visa", NOW)
    payment.saved()
    return payment


def test_a_payment_is_of_the_orders_amount_and_tells_nothing() -> None:
    payment = Payment.open(id="p", order=ORDER)
    assert (payment.order_id, payment.amount, payment.version) == ("o", 2050, 0)
    assert payment.events == []
    assert not payment.in_doubt


def test_only_the_buyer_pays_an_order() -> None:
    ORDER.check_owner("buyer")
    with pytest.raises(NotAuthorized):
        ORDER.check_owner("other")


@pytest.mark.parametrize("status", OrderStatus)
def test_only_a_cancelled_order_cannot_be_paid(status: OrderStatus) -> None:
    order = Order(id="o", user_id="buyer", status=status, amount=1)
    if status is not OrderStatus.CANCELLED:
        order.check_payable()
        return
    with pytest.raises(Refused, match="Cannot pay for a cancelled order"):
        order.check_payable()


def test_an_attempt_is_in_doubt_until_it_is_settled(payment: Payment) -> None:
    assert payment.in_doubt
    assert payment.check_at == NOW + DOUBT


def test_every_attempt_has_a_key_of_its_own(payment: Payment) -> None:
    first = payment.attempt_key
    payment.settle("requires_payment_method", NOW)
    payment.begin("pi_1", "tok_visa", NOW)
    assert payment.attempt_key != first


def test_every_attempt_is_told_before_its_outcome_is_known(payment: Payment) -> None:
    payment.settle("requires_payment_method", NOW)
    payment.saved()
    payment.begin("pi_1", "tok_visa", NOW)
    assert payment.events == [PaymentStarted(id="p-3", occurred_at=NOW, payment=STATE)]


def test_success_is_told_with_the_amount_in_dollars(payment: Payment) -> None:
    payment.settle("succeeded", NOW)
    assert payment.events == [PaymentCreated(id="p-2", occurred_at=NOW, payment=STATE)]
    assert payment.check_at is None


@pytest.mark.parametrize(
    ("intent_status", "status"),
    [
        ("requires_payment_method", PaymentStatus.OPEN),
        ("requires_confirmation", PaymentStatus.OPEN),
        ("requires_action", PaymentStatus.REQUIRES_ACTION),
        ("processing", PaymentStatus.PROCESSING),
        ("canceled", PaymentStatus.CANCELLED),
        ("a status that Stripe may invent", PaymentStatus.PROCESSING),
    ],
)
def test_the_intents_status_is_obeyed(
    payment: Payment, intent_status: str, status: PaymentStatus
) -> None:
    payment.settle(intent_status, NOW)
    assert payment.status is status
    assert payment.events == []
    assert (payment.check_at is not None) == payment.in_doubt


@pytest.mark.parametrize("end", ["succeeded", "canceled"])
def test_an_end_is_final(payment: Payment, end: str) -> None:
    payment.settle(end, NOW)
    payment.saved()
    for status in ("succeeded", "canceled", "processing", "requires_payment_method"):
        payment.settle(status, NOW)
    assert not payment.changed
    with pytest.raises(Refused):
        payment.begin("pi_1", "tok_visa", NOW)


def test_a_refund_is_told(payment: Payment) -> None:
    payment.settle("succeeded", NOW)
    payment.saved()
    payment.refund(NOW)
    assert payment.events == [PaymentRefunded(id="p-3", occurred_at=NOW, payment=STATE)]
    assert payment.is_final
