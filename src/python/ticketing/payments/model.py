"""A payment: the money for one order, in at most one charge."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.errors import NotAuthorized, Refused
from ticketing.common.core.events import (
    OrderStatus,
    PaymentCreated,
    PaymentRefunded,
    PaymentStarted,
    PaymentState,
)
from ticketing.common.core.fields import like
from ticketing.common.core.money import from_cents

DOUBT = timedelta(seconds=45)
"""How long an outcome may be unknown before Stripe is asked; longer than any call to it."""


class NotPayable(Refused):
    """Its order has ended unpaid."""

    sentence = "Cannot pay for a cancelled order"


class NothingToRefund(Refused):
    """The payment has not arrived, and never will."""

    sentence = "No money has arrived that could go back"


class PaymentStatus(StrEnum):
    """Where the money is."""

    OPEN = "open"  # nothing paid, open to a (further) try
    PROCESSING = "processing"  # an attempt is under way, its outcome not known yet
    REQUIRES_ACTION = "requires_action"  # the buyer has to authenticate
    SUCCEEDED = "succeeded"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"  # the order ended before anything was paid


@dataclass(frozen=True, kw_only=True)
class Order:
    """What payments needs to know of an order; `amount` is in cents."""

    id: str
    user_id: str
    status: OrderStatus
    amount: int

    def check_owner(self, user_id: str) -> None:
        if user_id != self.user_id:
            raise NotAuthorized

    def check_payable(self) -> None:
        if self.status is OrderStatus.CANCELLED:
            raise NotPayable


@dataclass(kw_only=True)
class Payment(Aggregate):
    """One per order, around one Stripe PaymentIntent, which can be charged once at the most.

    `attempts` counts the tries to confirm the intent and `token` is the latest one's card;
    `check_at` is when Stripe is to be asked about an outcome, None while none is in doubt;
    `unreported_failure` is why the latest try failed, where that came out while its buyer was not
    waiting.
    """

    order_id: str
    amount: int
    status: PaymentStatus = PaymentStatus.OPEN
    intent_id: str | None = None
    attempts: int = 0
    token: str | None = None
    check_at: datetime | None = None
    unreported_failure: str | None = None

    @classmethod
    def open(cls, *, id: str, order: Order) -> "Payment":
        payment = cls(id=id, order_id=order.id, amount=order.amount)
        payment.change()
        return payment

    @property
    def in_doubt(self) -> bool:
        return self.status in (PaymentStatus.PROCESSING, PaymentStatus.REQUIRES_ACTION)

    @property
    def is_final(self) -> bool:
        return self.status is not PaymentStatus.OPEN and not self.in_doubt

    @property
    def is_paid(self) -> bool:
        return self.status is PaymentStatus.SUCCEEDED

    @property
    def attempt_key(self) -> str:
        """The idempotency key of the latest attempt."""
        return f"{self.id}-{self.attempts}"

    def begin(self, intent_id: str, token: str, now: datetime) -> None:
        """Start an attempt; to be saved before Stripe is told, so that a crash leaves a trace."""
        if self.is_final:
            raise NotPayable
        self.intent_id, self.token, self.unreported_failure = intent_id, token, None
        self.attempts += 1
        self.status, self.check_at = PaymentStatus.PROCESSING, now + DOUBT
        event_id = self.change()
        self.events.append(PaymentStarted(id=event_id, occurred_at=now, payment=self._state()))

    def settle(self, intent_status: str, now: datetime, *, failure: str | None = None) -> None:
        """Take over what Stripe says of the intent; a final state stays.

        `failure` is to be reported to the buyer, who is not waiting for it.
        """
        if self.is_final:
            return
        self.status = _STATUS.get(intent_status, PaymentStatus.PROCESSING)
        self.unreported_failure = failure if self.status is PaymentStatus.OPEN else None
        self.check_at = now + DOUBT if self.in_doubt else None
        event_id = self.change()
        if self.status is PaymentStatus.SUCCEEDED:
            state = self._state()
            self.events.append(PaymentCreated(id=event_id, occurred_at=now, payment=state))

    def settle_from_webhook(
        self, intent_status: str, now: datetime, *, failure: str | None = None
    ) -> None:
        """Settle where nobody is waiting: what an attempt under way comes to is left to who made
        it and, should that process die, to `check_at`; but for the end of the matter.
        """
        status = _STATUS.get(intent_status, PaymentStatus.PROCESSING)
        ends = status in (PaymentStatus.SUCCEEDED, PaymentStatus.CANCELLED)
        if status is self.status or (self.status is PaymentStatus.PROCESSING and not ends):
            return
        self.settle(intent_status, now, failure=failure)

    def report_failure(self) -> str | None:
        """Why the latest try failed, for its buyer, once."""
        failure = self.unreported_failure
        if failure:
            self.unreported_failure = None
            self.change()
        return failure

    def ask_soon(self, now: datetime) -> None:
        """Have Stripe asked by the sweep: who hears events does not wait for its answers."""
        self.check_at = now
        self.change()

    def postpone(self, now: datetime) -> None:
        """Have Stripe asked again later: it could not tell."""
        self.check_at = now + DOUBT
        self.change()

    def refund(self, now: datetime) -> None:
        """Note that the money went back."""
        assert self.is_paid, "only what arrived can go back"
        self.status = PaymentStatus.REFUNDED
        event_id = self.change()
        self.events.append(PaymentRefunded(id=event_id, occurred_at=now, payment=self._state()))

    def _state(self) -> PaymentState:
        stripe_id = self.intent_id or ""
        return like(PaymentState, self, stripe_id=stripe_id, amount=from_cents(self.amount))


_STATUS = {
    "requires_payment_method": PaymentStatus.OPEN,
    "requires_confirmation": PaymentStatus.OPEN,
    "requires_action": PaymentStatus.REQUIRES_ACTION,
    "processing": PaymentStatus.PROCESSING,
    "succeeded": PaymentStatus.SUCCEEDED,
    "canceled": PaymentStatus.CANCELLED,
}
"""By the status of a Stripe PaymentIntent (https://docs.stripe.com/payments/paymentintents/lifecycle)."""
