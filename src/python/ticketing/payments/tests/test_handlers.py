"""What becomes of a payment as its order goes on, in whatever order its news comes."""

import pytest

from ticketing.common.core.errors import Refused, Unavailable
from ticketing.common.core.events import OrderStatus, PaymentRejected
from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, Park
from ticketing.common.testing.services import UNKNOWN_ID, deliver
from ticketing.payments.tests.memory_processor import ASKS, DECLINED, SLOW, VISA, crash, no_answer
from ticketing.payments.tests.till import ORDER, Till


def _subjects(till: Till) -> list[str]:
    return [event["subject"] for event in till.events()]


def test_the_service_follows_orders_and_rejected_payments(till: Till) -> None:
    assert sorted(till.service.events.subjects) == [
        "order.cancelled",
        "order.completed",
        "order.created",
        "payment.rejected",
    ]


def test_old_news_of_an_order_does_not_replace_newer() -> None:
    till = Till()
    till.cancel_order()
    till.order()
    with pytest.raises(Refused, match="Cannot pay for a cancelled order"):
        till.pay()


@pytest.mark.parametrize("token", [DECLINED, ASKS])
def test_a_cancelled_order_has_its_open_intent_closed(till: Till, token: str) -> None:
    try:
        till.pay(token)
    except Refused:
        assert token == DECLINED
    for _ in range(2):
        assert till.cancel_order() == Done()
    assert till.books.intent.status == "canceled"
    assert till.payment["status"] == "cancelled"
    assert till.stripe.calls.count("close") == 1
    assert _subjects(till) == ["payment.started"]


def test_a_cancelled_order_that_nobody_tried_to_pay_needs_nothing_of_stripe(till: Till) -> None:
    assert till.cancel_order() == Done()
    assert till.stripe.calls == []


def test_money_that_arrived_meanwhile_is_told_when_the_order_is_cancelled(till: Till) -> None:
    till.pay(ASKS)
    till.stripe.authenticate("pi_1")
    assert till.cancel_order() == Done()
    assert till.payment["status"] == "succeeded"
    assert _subjects(till) == ["payment.started", "payment.created"]
    till.check_all_is_known()


def test_a_lost_charge_is_told_when_the_order_is_cancelled(till: Till) -> None:
    till.stripe.after["confirm"] = no_answer
    with pytest.raises(Unavailable):
        till.pay()
    assert till.cancel_order() == Done()
    assert _subjects(till) == ["payment.started", "payment.created"]


def test_a_slow_bank_is_asked_until_it_has_decided_about_a_cancelled_order(till: Till) -> None:
    till.pay(SLOW)
    assert till.cancel_order() == Done()
    assert till.payment["status"] == "processing"
    till.stripe.finish("pi_1")
    till.sweep()
    assert _subjects(till) == ["payment.started", "payment.created"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_end_of_an_order_is_heard_while_stripe_is_silent_and_closes_its_intent_later(
    till: Till, when: str
) -> None:
    till.pay(ASKS)
    getattr(till.stripe, when)["close"] = no_answer
    assert till.cancel_order() == Done()
    assert till.payment["status"] == "requires_action"
    till.sweep()
    assert (till.payment["status"], till.books.intent.status) == ("cancelled", "canceled")


def test_news_of_orders_never_waits_for_stripe(till: Till) -> None:
    till.pay(ASKS)
    asked = list(till.stripe.calls)
    till.order(OrderStatus.CANCELLED, 1)
    assert till.stripe.calls == asked


def test_a_completed_order_keeps_its_payment(till: Till) -> None:
    till.pay()
    till.cancel_order()
    assert till.order(OrderStatus.COMPLETE, 2) == Done()
    assert till.cancel_order() == Done()
    assert till.payment["status"] == "succeeded"
    assert "close" not in till.stripe.calls


def test_a_rejected_payment_is_refunded_once_however_often_it_is_told(till: Till) -> None:
    payment_id = till.pay().payment_id
    till.cancel_order()
    till.events()
    for _ in range(3):
        assert till.reject_payment() == Done()
    assert till.stripe.calls.count("refund") == 1
    assert till.events() == [
        {
            "subject": "payment.refunded",
            "id": f"{payment_id}-3",
            "occurredAt": "2026-01-31T12:00:00Z",
            "payment": {"id": payment_id, "orderId": ORDER, "stripeId": "pi_1", "amount": 20.5},
        }
    ]
    till.check_all_is_known()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("disaster", [no_answer, crash])
def test_a_refund_is_made_once_though_its_first_try_failed(
    till: Till, when: str, disaster: object
) -> None:
    till.pay()
    getattr(till.stripe, when)["refund"] = disaster
    assert isinstance(till.reject_payment(), Again)
    assert till.payment["status"] == "succeeded"
    assert till.reject_payment() == Done()
    assert till.books.refunds == 1
    till.check_all_is_known()


def test_a_refunded_order_cannot_be_paid_again(till: Till) -> None:
    till.pay()
    till.cancel_order()
    till.reject_payment()
    for token in (VISA, ASKS):
        with pytest.raises(Refused, match="Cannot pay for a cancelled order"):
            till.pay(token)
    till.sweep()
    till.check_all_is_known()


def test_the_rejection_of_an_unknown_payment_is_kept_for_an_operator_in_the_end(till: Till) -> None:
    event = PaymentRejected(
        id="x", occurred_at=till.clock.now, payment_id=UNKNOWN_ID, order_id=ORDER, reason="why"
    )
    assert isinstance(deliver(till.service, event, MAX_TRIES), Park)
