"""Crashes and lost answers: whatever Stripe did becomes known, and nobody pays twice."""

from collections.abc import Callable

import pytest

from ticketing.common.core.errors import Failure, Refused, Unavailable
from ticketing.payments.model import DOUBT
from ticketing.payments.reconciler import SWEEP_BATCH
from ticketing.payments.tests.memory_processor import (
    ASKS,
    DECLINED,
    SLOW,
    VISA,
    Crash,
    crash,
    no_answer,
)
from ticketing.payments.tests.till import Till

DISASTERS = [no_answer, crash]


def _pay_badly(till: Till, token: str = VISA) -> None:
    with pytest.raises((Unavailable, Crash)):
        till.pay(token)


@pytest.mark.parametrize("disaster", DISASTERS)
def test_the_sweep_settles_a_charge_whose_answer_was_lost(
    till: Till, disaster: Callable[[], None]
) -> None:
    till.stripe.after["confirm"] = disaster
    _pay_badly(till)
    assert till.payment["status"] == "processing"
    till.sweep()
    assert till.payment["status"] == "succeeded"
    till.check_all_is_known()
    assert till.books.charges == 1


@pytest.mark.parametrize("disaster", DISASTERS)
def test_the_sweep_opens_a_payment_whose_attempt_never_reached_stripe(
    till: Till, disaster: Callable[[], None]
) -> None:
    till.stripe.before["confirm"] = disaster
    _pay_badly(till)
    till.sweep()
    assert till.payment["status"] == "open"
    assert "checkAt" not in till.payment
    till.pay()
    till.check_all_is_known()


@pytest.mark.parametrize("disaster", DISASTERS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_intent_is_opened_once_whatever_happens_around_it(
    till: Till, when: str, disaster: Callable[[], None]
) -> None:
    getattr(till.stripe, when)["open"] = disaster
    _pay_badly(till)
    till.sweep()
    till.pay()
    assert len(till.stripe.books) == 1
    till.check_all_is_known()


def test_the_sweep_leaves_fresh_doubts_alone(till: Till) -> None:
    till.stripe.after["confirm"] = no_answer
    _pay_badly(till)
    till.clock.advance(44.9)
    till.service.chores[0].run()
    assert "look_up" not in till.stripe.calls


def test_the_sweep_asks_again_as_long_as_the_buyer_or_the_bank_has_not_acted(till: Till) -> None:
    till.pay(ASKS)
    till.sweep()
    till.sweep()
    assert till.payment["status"] == "requires_action"
    assert till.stripe.calls.count("look_up") == 2
    till.stripe.authenticate("pi_1")
    till.sweep()
    till.sweep()
    assert till.stripe.calls.count("look_up") == 3
    till.check_all_is_known()


def test_the_sweep_settles_a_slow_bank(till: Till) -> None:
    till.pay(SLOW)
    till.stripe.finish("pi_1")
    till.sweep()
    till.check_all_is_known()


@pytest.mark.parametrize("error", [no_answer, crash])
def test_a_sweep_without_an_answer_is_repeated(till: Till, error: Callable[[], None]) -> None:
    till.stripe.after["confirm"] = no_answer
    _pay_badly(till)
    till.stripe.before["look_up"] = error
    try:
        till.sweep()
    except Crash:
        assert error is crash
    assert till.payment["status"] == "processing"
    till.sweep()
    till.check_all_is_known()


@pytest.mark.parametrize(
    "trouble", [Refused("No such payment_intent: 'pi_1'"), KeyError("nobody foresaw this")]
)
def test_what_is_wrong_with_one_payment_keeps_no_other_from_being_settled(
    trouble: Exception,
) -> None:
    till = _in_doubt(3)
    till.stripe.troubles["pi_1"] = trouble
    till.sweep()
    statuses = [payment["status"] for payment in till.database["payments"].find()]
    assert sorted(statuses) == ["processing", "succeeded", "succeeded"]


def _in_doubt(count: int) -> Till:
    """A till with so many charges whose answer was lost."""
    till = Till()
    for number in range(count):
        order_id = f"{number:024x}"
        till.order(id=order_id)
        till.stripe.after["confirm"] = no_answer
        with pytest.raises(Unavailable):
            till.pay(order_id=order_id)
    return till


@pytest.mark.parametrize(
    "trouble",
    [
        Refused("No such payment_intent"),
        Unavailable("Stripe gives no answer"),
    ],
)
def test_however_many_stripe_cannot_tell_about_the_others_are_settled(trouble: Failure) -> None:
    till = _in_doubt(SWEEP_BATCH + 1)
    *troubled, last = till.stripe.books
    till.stripe.troubles = dict.fromkeys(troubled, trouble)
    [sweep] = till.service.chores
    till.clock.advance(DOUBT.total_seconds())
    for _ in range(SWEEP_BATCH + 1):
        till.clock.advance(sweep.every)
        sweep.run()
    documents = till.database["payments"].find({"status": "succeeded"})
    assert [document["intentId"] for document in documents] == [last]
    till.stripe.troubles.clear()
    for _ in range(3):
        till.sweep()
    assert till.database["payments"].count_documents({"status": "succeeded"}) == len(
        till.stripe.books
    )


def test_a_sweep_ends_at_the_first_answer_that_does_not_come() -> None:
    till = _in_doubt(3)
    till.stripe.troubles = dict.fromkeys(till.stripe.books, Unavailable("no answer"))
    till.sweep()
    assert till.stripe.calls.count("look_up") == 1


@pytest.mark.parametrize("token", [VISA, DECLINED, ASKS])
def test_a_crash_just_before_the_outcome_is_saved_loses_nothing(till: Till, token: str) -> None:
    till.stripe.after["confirm"] = crash
    _pay_badly(till, token)
    if token == ASKS:
        till.stripe.authenticate("pi_1")
    try:
        till.pay(token)
    except Refused:
        assert token == DECLINED
    till.check_all_is_known()
    assert till.books.charges == (0 if token == DECLINED else 1)


def test_the_sweep_closes_what_its_order_left_open(till: Till) -> None:
    """The post that saw its order end could not close the intent, and the news is handled."""
    till.stripe.after["open"] = till.cancel_order
    till.stripe.before["close"] = no_answer
    _pay_badly(till)
    till.sweep()
    assert till.books.intent.status == "canceled"
    assert till.payment["status"] == "cancelled"


def test_an_attempt_that_wakes_after_the_sweep_gave_it_up_is_known_when_its_order_ends(
    till: Till,
) -> None:
    """Its process was frozen for longer than any call may take, and dies of what it then did."""
    till.stripe.before["confirm"] = till.sweep
    till.stripe.after["confirm"] = crash
    _pay_badly(till)
    assert (till.payment["status"], till.books.charges) == ("open", 1)
    till.cancel_order()
    till.check_all_is_known()


def test_an_attempt_that_wakes_after_the_sweep_gave_it_up_is_known_by_its_webhook(
    till: Till,
) -> None:
    till.stripe.before["confirm"] = till.sweep
    till.stripe.after["confirm"] = crash
    _pay_badly(till)
    till.hear()
    till.check_all_is_known()


def test_an_order_that_ended_while_an_attempt_was_frozen_is_not_charged(till: Till) -> None:
    def frozen() -> None:
        till.sweep()
        till.cancel_order()

    till.stripe.before["confirm"] = frozen
    with pytest.raises(Refused, match="Cannot pay for a cancelled order"):
        till.pay()
    assert till.books.charges == 0
    till.check_all_is_known()


def test_money_that_never_arrived_is_not_refunded(till: Till) -> None:
    payment_id = till.pay(ASKS).payment_id
    with pytest.raises(Refused, match="No money has arrived"):
        till.service.use_cases.refund(payment_id)
    assert "refund" not in till.stripe.calls
