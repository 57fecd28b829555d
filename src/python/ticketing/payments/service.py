"""The use cases of payments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ticketing.common.core.errors import retry_on_conflict
from ticketing.common.core.events import OrderState, OrderStatus
from ticketing.payments.model import NothingToRefund, NotPayable, Order, Payment, PaymentStatus
from ticketing.payments.processor import CardDeclined, CardProcessor, Intent
from ticketing.payments.reconciler import Reconciler
from ticketing.payments.repository import OrderReplica, PaymentRepository
from ticketing.payments.webhooks import Hint, Webhooks


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What came of a try to pay; `client_secret` is set while the buyer or the bank has to act."""

    payment_id: str
    client_secret: str | None = None


class Payments:
    """Takes money for orders and gives it back.

    Whatever can charge a card was saved before as an attempt, so a crash or a lost answer leaves a
    payment in doubt, and Stripe is asked what became of it: when the buyer posts again, when Stripe
    sends a webhook, by the sweep, and when the order ends.
    """

    def __init__(
        self,
        payments: PaymentRepository,
        orders: OrderReplica,
        processor: CardProcessor,
        reconciler: Reconciler,
        webhooks: Webhooks,
        *,
        new_id: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._payments, self._orders, self._processor = payments, orders, processor
        self._reconciler, self._webhooks = reconciler, webhooks
        self._new_id, self._clock = new_id, clock

    @retry_on_conflict
    def pay(self, *, order_id: str, token: str, user_id: str) -> Receipt:
        """Pay with this card, or settle an earlier try; raises CardDeclined."""
        order = self._orders.wait_for(order_id)
        order.check_owner(user_id)
        payment = self._payments.of_order(order_id)
        earlier = self._earlier(payment, token) if payment else None
        if earlier:
            return earlier
        order.check_payable()
        return self._attempt(payment or self._open(order), token)

    def _earlier(self, payment: Payment, token: str) -> Receipt | None:
        """What came of an earlier try, where that answers a post with this card.

        Raises CardDeclined with what its buyer has not been told yet.
        """
        if payment.token == token and (failure := payment.report_failure()):
            self._payments.save(payment)
            raise CardDeclined(failure)
        was_in_doubt = payment.in_doubt
        if was_in_doubt:  # settling may change that
            intent = self._settle(payment, self._processor.look_up(_intent_id(payment)))
            if payment.token == token and (payment.in_doubt or intent.declined):
                return _receipt(payment, intent)
        return Receipt(payment_id=payment.id) if payment.is_paid else None

    def _open(self, order: Order) -> Payment:
        payment = Payment.open(id=self._new_id(), order=order)
        self._payments.save(payment)
        return payment

    def _attempt(self, payment: Payment, token: str) -> Receipt:
        intent_id = (
            payment.intent_id
            or self._processor.open(
                payment_id=payment.id, order_id=payment.order_id, amount=payment.amount
            ).id
        )
        payment.begin(intent_id, token, self._clock())
        self._payments.save(payment)
        intent = self._charge(payment, intent_id, token)
        self._settle(payment, intent)
        return _receipt(payment, intent)

    def _charge(self, payment: Payment, intent_id: str, token: str) -> Intent:
        """Confirm the intent, or close it if its order has ended meanwhile.

        What was heard is noted before `close` reads the payment; here the payment was written
        and then what was heard is read. So one of the two always sees the other.
        """
        if self._orders.get(payment.order_id).status is OrderStatus.CANCELLED:
            return self._processor.close(intent_id)
        return self._processor.confirm(intent_id, token, payment.attempt_key)

    def settle_doubts(self) -> None:
        """Ask Stripe about every outcome in doubt."""
        self._reconciler.settle_doubts()

    def receive(self, body: bytes, signature: str) -> None:
        """Take in a webhook: when this returns it is settled, otherwise Stripe sends it again.

        Raises NotFromStripe, or WebhooksOff where they are not set up.
        """
        hint = self._webhooks.verify(body, signature)
        if hint is not None:
            self.hear(hint)

    def hear(self, hint: Hint) -> None:
        """Ask Stripe about the payment that a webhook is about."""
        self._reconciler.hear(hint)

    def note_order(self, order: OrderState) -> None:
        """Take over the order's state; its payment stays as it is."""
        self._orders.apply(order)

    @retry_on_conflict
    def close(self, order_id: str) -> None:
        """See to it that nobody pays the order, if it is noted as ended unpaid."""
        if self._orders.get(order_id).status is not OrderStatus.CANCELLED:
            return
        payment = self._payments.of_order(order_id)
        if payment is not None and not payment.is_final and payment.intent_id is not None:
            payment.ask_soon(self._clock())
            self._payments.save(payment)

    @retry_on_conflict
    def refund(self, payment_id: str) -> None:
        """Give the money back, once however often this is asked."""
        payment = self._payments.get(payment_id)
        if payment.status is PaymentStatus.REFUNDED:
            return
        if not payment.is_paid:
            raise NothingToRefund
        self._processor.refund(_intent_id(payment), f"{payment.id}-refund")
        payment.refund(self._clock())
        self._payments.save(payment)

    def _settle(self, payment: Payment, intent: Intent) -> Intent:
        payment.settle(intent.status, self._clock())
        self._payments.save(payment)
        return intent


def _receipt(payment: Payment, intent: Intent) -> Receipt:
    if payment.is_paid:
        return Receipt(payment_id=payment.id)
    if payment.in_doubt and not intent.declined:
        return Receipt(payment_id=payment.id, client_secret=intent.client_secret)
    raise CardDeclined(intent.declined) if intent.declined else NotPayable


def _intent_id(payment: Payment) -> str:
    assert payment.intent_id is not None, "only a payment that was begun is in doubt or paid"
    return payment.intent_id
