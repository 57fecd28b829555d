"""Payments under interleaving: one charge per order, whoever posts, sweeps or cancels when."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.errors import Failure, Refused
from ticketing.common.messaging.bus import Done, Verdict
from ticketing.common.testing.services import deliver, deliver_all
from ticketing.payments.service import Receipt
from ticketing.payments.tests.memory_processor import (
    ASKS,
    ASKS_POOR,
    DECLINED,
    SLOW,
    UNKNOWN,
    VISA,
    Crash,
    crash,
    no_answer,
)
from ticketing.payments.tests.till import ORDER, Till
from ticketing.payments.webhooks import Hint

MOMENTS = range(1, 6)
PLACES = [(when, method) for when in ("before", "after") for method in ("open", "confirm")]
CARDS = [VISA, DECLINED, ASKS, ASKS_POOR, SLOW, UNKNOWN]


def _pay(till: Till, token: str = VISA) -> None:
    with suppress(Failure, Crash):
        till.pay(token)


def _come_to_rest(till: Till, order_ends: bool = False) -> None:
    """All buyers and banks have acted, all news was delivered again, all doubts are settled.

    An order ends in any case; only what a frozen process did may become known so late.
    """
    till.stripe.before.clear()
    till.stripe.after.clear()
    _act(till)
    for id in till.given_back:
        till.hear(id)
    if order_ends and "payment.created" not in [event["subject"] for event in till.told]:
        till.cancel_order()
    for news in till.news:
        assert deliver(till.service, news) == Done()
    for _ in range(2):
        till.sweep()
    assert "checkAt" not in str(list(till.database["payments"].find()))
    till.check_all_is_known()


@pytest.mark.parametrize(("when", "method"), PLACES)
@pytest.mark.parametrize("second", CARDS)
@pytest.mark.parametrize("first", CARDS)
def test_two_posts_at_once_charge_once(
    till: Till, when: str, method: str, first: str, second: str
) -> None:
    getattr(till.stripe, when)[method] = lambda: _pay(till, second)
    _pay(till, first)
    till.check()
    _come_to_rest(till)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("first", [VISA, DECLINED])
def test_two_posts_at_once_charge_once_wherever_the_first_is(
    till: Till, moment: int, first: str
) -> None:
    service = till.interrupted(moment, lambda: _pay(till))
    with suppress(Failure):
        service.use_cases.pay(order_id=ORDER, token=first, user_id="buyer")
    _come_to_rest(till)
    assert till.books.charges == 1


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_sweep_or_a_cancellation_in_the_midst_of_a_post_loses_nothing(moment: int) -> None:
    for step in ("sweep", "cancel_order"):
        till = Till()
        till.order()
        act: Callable[[], object] = getattr(till, step)
        with suppress(Failure):
            till.interrupted(moment, act).use_cases.pay(order_id=ORDER, token=VISA, user_id="buyer")
        _come_to_rest(till)


@pytest.mark.parametrize(("when", "method"), PLACES)
@pytest.mark.parametrize("step", ["sweep", "cancel_order"])
def test_a_sweep_or_a_cancellation_while_stripe_thinks_loses_nothing(
    till: Till, when: str, method: str, step: str
) -> None:
    getattr(till.stripe, when)[method] = getattr(till, step)
    _pay(till)
    _come_to_rest(till)


@pytest.mark.parametrize("token", CARDS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_order_that_ends_while_its_intent_is_opened_is_not_charged(
    till: Till, when: str, token: str
) -> None:
    verdicts = list[Verdict]()
    getattr(till.stripe, when)["open"] = lambda: verdicts.append(till.cancel_order())
    with pytest.raises(Refused, match="Cannot pay for a cancelled order"):
        till.pay(token)
    assert verdicts == [Done()]  # so the news does not come again
    assert "confirm" not in till.stripe.calls
    assert (till.books.charges, till.books.intent.status) == (0, "canceled")
    assert till.payment["status"] == "cancelled"
    till.check_all_is_known()


@pytest.mark.parametrize("token", [VISA, ASKS, SLOW, DECLINED])
def test_whenever_an_order_ends_during_a_post_its_intent_has_ended_too(token: str) -> None:
    moment, happened = 0, True
    while happened:
        moment += 1
        till = Till()
        till.order()
        happened = _post_while_cancelled(till, token, moment)
        for books in till.stripe.books.values() if happened else []:
            assert books.intent.status in ("succeeded", "canceled", "processing")
        till.check_all_is_known()
    assert moment > 5


def _post_while_cancelled(till: Till, token: str, moment: int) -> bool:
    """Post a card; whether the order ended before the moment-th operation of the database."""
    verdicts = list[Verdict]()
    service = till.interrupted(moment, lambda: verdicts.append(till.cancel_order()))
    with suppress(Failure):
        service.use_cases.pay(order_id=ORDER, token=token, user_id="buyer")
    if verdicts and verdicts != [Done()]:
        deliver_all(till.service, till.news)
    return bool(verdicts)


@pytest.mark.parametrize("token", CARDS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_charge_was_told_as_started_before_stripe_knew_of_it(
    till: Till, when: str, token: str
) -> None:
    getattr(till.stripe, when)["confirm"] = crash
    _pay(till, token)
    assert [event["subject"] for event in till.events()] == ["payment.started"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("token", CARDS)
def test_a_webhook_in_the_midst_of_a_post_changes_nothing_for_its_buyer(
    moment: int, token: str
) -> None:
    answers = []
    for disturb in (_hear, lambda till: None):
        till = Till()
        till.order()
        service = till.interrupted(moment, partial(disturb, till))
        answers.append(
            _answer(partial(service.use_cases.pay, order_id=ORDER, user_id="buyer"), token)
        )
        _come_to_rest(till)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("when", "method"), PLACES)
@pytest.mark.parametrize("token", CARDS)
def test_a_webhook_while_stripe_thinks_changes_nothing_for_the_buyer(
    when: str, method: str, token: str
) -> None:
    answers = []
    for disturb in (_hear, lambda till: None):
        till = Till()
        till.order()
        getattr(till.stripe, when)[method] = partial(disturb, till)
        answers.append(_answer(till.pay, token))
        _come_to_rest(till)
        assert till.stripe.calls.count("confirm") == 1
    assert answers[0] == answers[1]


def _answer(pay: Callable[..., Receipt], token: str) -> str:
    """What the buyer reads; ids differ."""
    try:
        return str(pay(token=token).client_secret)
    except Refused as refusal:
        return str(refusal)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("same", [True, False])
def test_two_webhooks_at_once_settle_once(till: Till, moment: int, same: bool) -> None:
    till.pay(ASKS)
    till.stripe.authenticate("pi_1")
    other = Hint(event_id="evt_1" if same else "evt_2", intent_id="pi_1")
    service = till.interrupted(moment, lambda: till.service.use_cases.hear(other))
    service.use_cases.hear(Hint(event_id="evt_1", intent_id="pi_1"))
    till.check_all_is_known()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_refund_at_stripe_in_the_midst_of_ours_is_told_once(till: Till, moment: int) -> None:
    payment_id = till.pay().payment_id

    def meanwhile() -> None:
        till.stripe.give_back("pi_1")
        till.hear()

    till.interrupted(moment, meanwhile).use_cases.refund(payment_id)
    till.hear()
    till.check_all_is_known()
    assert till.payment["status"] == "refunded"


@pytest.mark.parametrize("moment", MOMENTS)
def test_two_rejections_at_once_refund_once(till: Till, moment: int) -> None:
    payment_id = till.pay().payment_id
    till.interrupted(moment, till.reject_payment).use_cases.refund(payment_id)
    _come_to_rest(till)
    assert till.books.refunds == 1


STEPS = ["pay", "lose", "crash", "freeze", "meanwhile", "hear meanwhile"]
STEPS += ["act", "sweep", "cancel", "reject", "hear", "hear again", "give back"]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(STEPS),
            st.sampled_from(CARDS),
            st.sampled_from(["before", "after"]),
            st.sampled_from(["open", "confirm", "look_up", "close", "refund"]),
        ),
        max_size=20,
    )
)
def test_whatever_happens_an_order_is_charged_once_and_every_charge_is_known(
    steps: list[tuple[str, str, str, str]],
) -> None:
    till = Till()
    till.order()
    for step, token, when, method in steps:
        with suppress(Crash):
            _take(till, step, token, when, method)
        till.check()
    _come_to_rest(till, order_ends=any(step == "freeze" for step, *_ in steps))


def _take(till: Till, step: str, token: str, when: str, method: str) -> None:
    around = getattr(till.stripe, when)
    match step:
        case "lose":
            around[method] = no_answer
        case "crash":
            around[method] = crash
        case "freeze":  # until it counts as dead
            around[method] = till.sweep
        case "meanwhile":
            around[method] = lambda: _pay(till, token)
        case "hear meanwhile":
            around[method] = lambda: _hear(till)
        case "pay":
            _pay(till, token)
        case _:
            ACTS[step](till)


def _hear(till: Till, event_id: str | None = None) -> None:
    for id in list(till.stripe.books):
        with suppress(Failure):
            till.hear(id, event_id and f"{event_id}_{id}")


def _act(till: Till) -> None:
    for id, books in till.stripe.books.items():
        if books.intent.status == "requires_action":
            till.stripe.authenticate(id)
        elif books.intent.status == "processing":
            till.stripe.finish(id)


def _reject(till: Till) -> None:
    """As the orders service does: only what it was told to be paid."""
    if any(event["subject"] == "payment.created" for event in till.told):
        till.reject_payment()


ACTS: dict[str, Callable[[Till], object]] = {
    "act": _act,
    "sweep": Till.sweep,
    "cancel": Till.cancel_order,
    "reject": _reject,
    "hear": _hear,
    "hear again": lambda till: _hear(till, "evt_again"),
    "give back": Till.give_back,
}
