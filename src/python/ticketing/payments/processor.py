"""The card processor, Stripe, through its SDK, which nothing else but `webhooks` knows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import uuid4

import stripe
from requests.structures import CaseInsensitiveDict

from ticketing.common.core.errors import Refused, Unavailable
from ticketing.common.core.logs import logger

log = logger(__name__)

T = TypeVar("T")

TIMEOUT = (2, 5)
"""Seconds to connect and to be answered; the SDK tries twice, so a call may take about 15 s: less
than what SIGTERM leaves a request in progress, and than `model.DOUBT`."""
NOT_PAID = "requires_payment_method"


@dataclass(frozen=True, kw_only=True)
class Intent:
    """A Stripe PaymentIntent; `declined` is the message for the buyer where an attempt failed, and
    `refunded` says, of an intent that was looked up, that all of its money went back.
    """

    id: str
    status: str
    client_secret: str = ""
    declined: str | None = None
    refunded: bool = False


class CardDeclined(Refused):
    """The buyer's bank, or Stripe, says no, in a sentence for the buyer."""

    sentence = "The card was declined"


class ProcessorSilent(Unavailable):
    """What Stripe was asked may have happened or not; asking again with the same key is safe."""

    sentence = "The card processor gives no answer, try again"


class RefundFailed(Exception):  # noqa: N818  # said as it is
    """Stripe took the order to refund, and could not carry it out."""


class CardProcessor:
    """Charges cards through Stripe.

    Every call raises ProcessorSilent where Stripe gives no answer.
    """

    def __init__(self, key: str, api_base: str = "") -> None:
        self._stripe = stripe.StripeClient(
            key,
            base_addresses={"api": api_base} if api_base else {},
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
            max_network_retries=1,
        ).v1

    def open(self, *, payment_id: str, order_id: str, amount: int) -> Intent:
        """The intent for this payment, made at the first call; `amount` in cents.

        Raises CardDeclined where Stripe takes no such amount.
        """

        def create(key: str) -> stripe.PaymentIntent:
            return self._stripe.payment_intents.create(
                {
                    "amount": amount,
                    "currency": "usd",
                    "allowed_payment_method_types": ["card"],
                    "metadata": {"paymentId": payment_id, "orderId": order_id},
                },
                {"idempotency_key": key},
            )

        return self._ask(lambda: _past_failure(create, payment_id))

    def confirm(self, intent_id: str, token: str, key: str) -> Intent:
        """Try to charge a card, given as `tok_...` or `pm_...`, once per key.

        A refusal is an answer here, with its message in `declined`.
        """
        card: dict[str, Any] = {"payment_method": token}
        if token.startswith("tok_"):
            card = {"payment_method_data": {"type": "card", "card": {"token": token}}}
        params = {**card, "use_stripe_sdk": True}  # the browser's script asks the buyer
        try:
            return self._ask(
                lambda: self._stripe.payment_intents.confirm(
                    intent_id, params, {"idempotency_key": key}  # type: ignore[arg-type]
                )
            )
        except CardDeclined as refusal:
            return replace(self.look_up(intent_id), declined=str(refusal))

    def look_up(self, intent_id: str) -> Intent:
        """The intent as it is now."""
        with_charge: Any = {"expand": ["latest_charge"]}
        return self._ask(lambda: self._stripe.payment_intents.retrieve(intent_id, with_charge))

    def close(self, intent_id: str) -> Intent:
        """Cancel the intent so that nobody can pay it; one that is paid stays so."""
        return self._ask(lambda: self._stripe.payment_intents.cancel(intent_id))

    def refund(self, intent_id: str, key: str) -> None:
        """Give the whole amount back; nothing to do if that happened before.

        Raises RefundFailed where Stripe cannot: that is for a person to solve.
        """

        def create(key: str) -> stripe.Refund:
            return self._stripe.refunds.create(
                {"payment_intent": intent_id}, {"idempotency_key": key}
            )

        try:
            refund = _reach(lambda: _past_failure(create, key))
        except stripe.InvalidRequestError as error:
            if error.code != "charge_already_refunded":
                raise
        else:
            if refund.status in ("failed", "canceled"):
                raise RefundFailed(f"{refund.id} of {intent_id} is {refund.status}")

    def _ask(self, call: Callable[[], stripe.PaymentIntent]) -> Intent:
        try:
            intent = _reach(call)
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            current = error.error.payment_intent if error.error else None
            if current is None or isinstance(error, stripe.CardError):
                raise CardDeclined(error.user_message or "") from error
            intent = current
        charge = intent.latest_charge
        failure = intent.last_payment_error if intent.status == NOT_PAID else None
        return Intent(
            id=intent.id,
            status=intent.status,
            client_secret=intent.client_secret or "",
            declined=failure.message if failure else None,
            refunded=isinstance(charge, stripe.Charge) and charge.refunded,
        )


def _past_failure(call: Callable[[str], T], key: str) -> T:
    """Call with this key, and with another where a failure is all that Stripe keeps under it.

    For what does no harm when done twice: a second intent is never charged, and of a charge no
    more is given back than was taken.
    """
    try:
        return call(key)
    except stripe.StripeError as error:
        if "Idempotent-Replayed" not in CaseInsensitiveDict(error.headers or {}):
            raise
        return call(f"{key}-{uuid4().hex}")


def _reach(call: Callable[[], T]) -> T:
    try:
        return call()
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.StripeError as error:
        log.warning("stripe gives no answer", reason=repr(error))
        raise ProcessorSilent from error
