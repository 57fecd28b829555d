"""Payments under interleaving: one charge per order, whoever posts, sweeps or cancels when."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ticketing.common.bus import Done
from ticketing.common.bus import Verdict
from ticketing.common.errors import Failure
from ticketing.common.errors import Refused
from ticketing.common.testing import deliver
from ticketing.common.testing import deliver_all
from ticketing.payments.tests.memory_processor import ASKS
from ticketing.payments.tests.memory_processor import ASKS_POOR
from ticketing.payments.tests.memory_processor import DECLINED
from ticketing.payments.tests.memory_processor import SLOW
from ticketing.payments.tests.memory_processor import UNKNOWN
from ticketing.payments.tests.memory_processor import VISA
from ticketing.payments.tests.memory_processor import Crash
from ticketing.payments.tests.memory_processor import crash
from ticketing.payments.tests.memory_processor import no_answer
from ticketing.payments.tests.till import ORDER
from ticketing.payments.tests.till import Till

MOMENTS = range(1, 6)
PLACES = [(when, method) for when in ("before", "after") for method in ("open", "confirm")]
CARDS = [VISA, DECLINED, ASKS, ASKS_POOR, SLOW, UNKNOWN]


def _pay(till: Till, token: str = VISA) -> None:
    with suppress(Failure, Crash):
        till.pay(token)


def _come_to_rest(till: Till) -> None:
    """All buyers and banks have acted, all news was delivered again, all doubts are settled."""
    till.stripe.before.clear()
    till.stripe.after.clear()
    _act(till)
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
def test_two_rejections_at_once_refund_once(till: Till, moment: int) -> None:
    payment_id = till.pay().payment_id
    till.interrupted(moment, till.reject_payment).use_cases.refund(payment_id)
    _come_to_rest(till)
    assert till.books.refunds == 1


STEPS = ["pay", "act", "sweep", "cancel", "reject", "lose", "crash", "meanwhile"]


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
    _come_to_rest(till)


def _take(till: Till, step: str, token: str, when: str, method: str) -> None:
    around = getattr(till.stripe, when)
    match step:
        case "pay":
            _pay(till, token)
        case "act":
            _act(till)
        case "sweep":
            till.sweep()
        case "cancel":
            till.cancel_order()
        case "reject":
            _reject(till)
        case "lose":
            around[method] = no_answer
        case "crash":
            around[method] = crash
        case "meanwhile":
            around[method] = lambda: _pay(till, token)


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
