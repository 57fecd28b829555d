"""Brings what is known of payments in line with what Stripe says of them."""

from collections.abc import Callable
from datetime import datetime

from ticketing.common.core.errors import Conflict, Refused, Unavailable, retry_on_conflict
from ticketing.common.core.logs import logger
from ticketing.payments.model import Payment
from ticketing.payments.processor import CardProcessor, Intent
from ticketing.payments.repository import OrderReplica, PaymentRepository, WebhookLog
from ticketing.payments.webhooks import Hint

log = logger(__name__)

SWEEP_BATCH = 20


class Reconciler:
    """Asks Stripe: by the clock about what is in doubt, and whenever a webhook hints at news.

    A webhook is believed in nothing but that it is worth asking. So it does not matter in what
    order webhooks come, how often, or whether they come at all.
    """

    def __init__(
        self,
        payments: PaymentRepository,
        orders: OrderReplica,
        processor: CardProcessor,
        webhooks: WebhookLog,
        clock: Callable[[], datetime],
    ) -> None:
        self._payments, self._orders, self._processor = payments, orders, processor
        self._webhooks, self._clock = webhooks, clock

    @retry_on_conflict
    def hear(self, hint: Hint) -> None:
        """Take over what Stripe says now of this intent, once per event; others' are ignored."""
        if self._webhooks.knows(hint.event_id):
            return
        payment = self._payments.of_intent(hint.intent_id)
        if payment is None:
            return
        intent = self._processor.look_up(hint.intent_id)
        payment.settle_from_webhook(intent.status, self._clock(), failure=intent.declined)
        self._save(payment, intent)
        self._webhooks.note(hint.event_id)

    def settle_doubts(self) -> None:
        """Ask about every outcome in doubt; what another writer just changed can wait."""
        for payment in self._payments.in_doubt(self._clock(), limit=SWEEP_BATCH):
            try:
                self._settle_doubt(payment)
            except (Conflict, Refused):
                continue
            except Unavailable:
                return
            except Exception as error:  # nobody else's money may wait for what is wrong with this
                log.exception("payment not settled", payment_id=payment.id, exc_info=error)

    def _settle_doubt(self, payment: Payment) -> None:
        try:
            intent = self._ask(payment)
        except Exception:
            payment.postpone(self._clock())  # the others' turn comes first
            self._payments.save(payment)
            raise
        payment.settle(intent.status, self._clock(), failure=intent.declined)
        self._save(payment, intent)

    def _ask(self, payment: Payment) -> Intent:
        """How the intent stands; where its order has ended, it is closed for good."""
        assert payment.intent_id is not None, "only a payment that was begun is in doubt"
        if self._orders.is_cancelled(payment.order_id):
            return self._processor.close(payment.intent_id)
        return self._processor.look_up(payment.intent_id)

    def _save(self, payment: Payment, intent: Intent) -> None:
        """Save what was settled, then that the money went back, if somebody did that at Stripe."""
        self._payments.save(payment)
        if intent.refunded and payment.is_paid:
            payment.refund(self._clock())
            self._payments.save(payment)
