"""What the card processor makes of Stripe's answers, through the real SDK."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ticketing.common.core.errors import Unavailable
from ticketing.payments.processor import CardProcessor, Intent, RefundFailed
from ticketing.payments.tests.stripe_server import StripeServer, error, intent, stripe_server

CREATE, INTENT, REFUND = (
    "POST /payment_intents",
    "GET /payment_intents/pi_1",
    "POST /refunds",
)
CONFIRM, CANCEL = "POST /payment_intents/pi_1/confirm", "POST /payment_intents/pi_1/cancel"
CALLS: dict[str, Callable[[CardProcessor], Any]] = {
    CREATE: lambda processor: processor.open(payment_id="p", order_id="o", amount=2050),
    INTENT: lambda processor: processor.look_up("pi_1"),
    CONFIRM: lambda processor: processor.confirm("pi_1", "tok_visa", "p-1"),
    CANCEL: lambda processor: processor.close("pi_1"),
    REFUND: lambda processor: processor.refund("pi_1", "p-refund"),
}
REFUNDED = 200, {"id": "re_1", "object": "refund", "status": "succeeded"}
NO_SUCH_TOKEN = error(
    400, "invalid_request_error", "No such token: 'tok_x'", code="resource_missing"
)


@pytest.fixture()
def server() -> Iterator[StripeServer]:
    with stripe_server() as server:
        yield server


@pytest.fixture()
def processor(server: StripeServer) -> CardProcessor:
    return CardProcessor("sk_test_x", server.url)


@pytest.mark.parametrize("request_", CALLS)
@pytest.mark.parametrize(
    ("status", "type"),
    [(401, "invalid_request_error"), (403, "invalid_request_error"), (429, "rate_limit_error")],
)
def test_an_answer_that_is_none_leaves_the_outcome_open(
    server: StripeServer, processor: CardProcessor, request_: str, status: int, type: str
) -> None:
    server.answers[request_] = error(status, type, "Not for you")
    with pytest.raises(Unavailable, match="gives no answer, try again"):
        CALLS[request_](processor)
    assert server.asked == [request_]


def test_a_fault_of_stripe_is_asked_again_once_and_leaves_the_outcome_open(
    server: StripeServer, processor: CardProcessor
) -> None:
    server.answers[CONFIRM] = error(500, "api_error", "Something went wrong on our end")
    with pytest.raises(Unavailable, match="gives no answer, try again"):
        CALLS[CONFIRM](processor)
    assert server.asked == [CONFIRM, CONFIRM]


@pytest.mark.parametrize("status", ["requires_action", "processing", "succeeded", "canceled"])
def test_an_unknown_card_is_answered_with_what_the_intent_really_is(
    server: StripeServer, processor: CardProcessor, status: str
) -> None:
    server.answers = {CONFIRM: NO_SUCH_TOKEN, INTENT: intent(status)}
    assert processor.confirm("pi_1", "tok_x", "p-2") == Intent(
        id="pi_1", status=status, client_secret="pi_1_secret", declined="No such token: 'tok_x'"
    )


def test_a_refusal_whose_intent_cannot_be_asked_for_leaves_the_outcome_open(
    server: StripeServer, processor: CardProcessor
) -> None:
    server.answers = {CONFIRM: NO_SUCH_TOKEN, INTENT: error(401, "invalid_request_error", "No")}
    with pytest.raises(Unavailable):
        processor.confirm("pi_1", "tok_x", "p-2")


def test_a_decline_has_the_message_of_the_bank(
    server: StripeServer, processor: CardProcessor
) -> None:
    declined = error(402, "card_error", "Your card was declined.", code="card_declined")
    failure = {"last_payment_error": declined[1]["error"]}
    server.answers = {CONFIRM: declined, INTENT: intent("requires_payment_method", **failure)}
    answer = processor.confirm("pi_1", "tok_chargeDeclined", "p-1")
    assert (answer.status, answer.declined) == (
        "requires_payment_method",
        "Your card was declined.",
    )


@pytest.mark.parametrize(
    ("charge", "refunded"),
    [
        (None, False),
        ({"id": "ch_1", "object": "charge", "refunded": False, "amount_refunded": 1}, False),
        ({"id": "ch_1", "object": "charge", "refunded": True}, True),
    ],
)
def test_an_intent_that_is_looked_up_says_whether_all_of_its_money_went_back(
    server: StripeServer, processor: CardProcessor, charge: object, refunded: bool
) -> None:
    server.answers = {INTENT: intent("succeeded", latest_charge=charge)}
    assert processor.look_up("pi_1").refunded is refunded


@pytest.mark.parametrize("request_", [CREATE, REFUND])
def test_a_failure_that_stripe_keeps_under_a_key_is_passed_by_with_another(
    server: StripeServer, processor: CardProcessor, request_: str
) -> None:
    fault = error(500, "api_error", "Oh no")
    done = {CREATE: intent("requires_payment_method", last_payment_error=None), REFUND: REFUNDED}[
        request_
    ]
    server.kept = {"p": fault, "p-refund": fault}
    server.answers = {request_: done}
    CALLS[request_](processor)
    assert len({key for key in server.keys if key not in server.kept}) == 1


def test_a_kept_failure_of_an_attempt_to_charge_stays_its_outcome(
    server: StripeServer, processor: CardProcessor
) -> None:
    server.kept = {"p-1": error(500, "api_error", "Oh no")}
    with pytest.raises(Unavailable):
        CALLS[CONFIRM](processor)
    assert set(server.keys) == {"p-1"}


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_stripe_could_not_carry_out_is_none(
    server: StripeServer, processor: CardProcessor, status: str
) -> None:
    server.answers = {REFUND: (200, {"id": "re_1", "object": "refund", "status": status})}
    with pytest.raises(RefundFailed, match=f"re_1 of pi_1 is {status}"):
        processor.refund("pi_1", "p-refund")


@pytest.mark.parametrize("status", ["succeeded", "pending"])
def test_a_refund_that_is_on_its_way_counts(
    server: StripeServer, processor: CardProcessor, status: str
) -> None:
    server.answers = {REFUND: (200, {"id": "re_1", "object": "refund", "status": status})}
    processor.refund("pi_1", "p-refund")
