"""What the card processor makes of Stripe's answers, through the real SDK."""

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest

from ticketing.common.errors import Unavailable
from ticketing.payments.processor import CardProcessor
from ticketing.payments.processor import Intent
from ticketing.payments.tests.stripe_server import StripeServer
from ticketing.payments.tests.stripe_server import error
from ticketing.payments.tests.stripe_server import intent
from ticketing.payments.tests.stripe_server import stripe_server

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
