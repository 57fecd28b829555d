"""Payments as documents, and the orders as last heard."""

from contextlib import suppress
from datetime import datetime

import pymongo
from pymongo.errors import DuplicateKeyError

from ticketing.common import keys
from ticketing.common.clock import utc_now
from ticketing.common.errors import NotFound
from ticketing.common.events import OrderState
from ticketing.common.events import OrderStatus
from ticketing.common.money import to_cents
from ticketing.common.mongo import OUTBOX_INDEX
from ticketing.common.mongo import Document
from ticketing.common.mongo import Documents
from ticketing.common.mongo import Indexes
from ticketing.common.mongo import Store
from ticketing.common.replica import Replica
from ticketing.payments.model import Order
from ticketing.payments.model import Payment
from ticketing.payments.model import PaymentStatus

HEARD_SECONDS = 30 * 24 * 3600
"""For how long the ids of webhooks are known: as long as Stripe lets anybody send one again."""

INDEXES: Indexes = {
    "payments": [
        OUTBOX_INDEX,
        pymongo.IndexModel("orderId", unique=True),
        pymongo.IndexModel("intentId", unique=True, sparse=True),
        pymongo.IndexModel("checkAt", sparse=True),
    ],
    "webhooks": [pymongo.IndexModel("heardAt", expireAfterSeconds=HEARD_SECONDS)],
    "orders": [],  # the replica is asked by _id alone
    keys.COLLECTION: [keys.INDEX],
}


class PaymentRepository:
    """The payments, one per order."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, id: str) -> Payment:
        """Raises NotFound."""
        return _payment(self._store.get(id))

    def of_order(self, order_id: str) -> Payment | None:
        found = self._store.find_one({"orderId": order_id})
        return None if found is None else _payment(found)

    def of_intent(self, intent_id: str) -> Payment | None:
        found = self._store.find_one({"intentId": intent_id})
        return None if found is None else _payment(found)

    def in_doubt(self, now: datetime, *, limit: int) -> list[Payment]:
        """Payments about which Stripe should be asked by `now`, the longest due first."""
        due = {"checkAt": {"$lte": now}}
        found = self._store.find(due, order=[("checkAt", pymongo.ASCENDING)], limit=limit)
        return [_payment(document) for document in found]

    def save(self, payment: Payment) -> None:
        """Raises Duplicate if the order has another payment."""
        state = {
            "orderId": payment.order_id,
            "amount": payment.amount,
            "status": payment.status.value,
            "intentId": payment.intent_id,
            "attempts": payment.attempts,
            "token": payment.token,
            "checkAt": payment.check_at,
            "unreportedFailure": payment.unreported_failure,
        }
        self._store.save(payment, state)


class WebhookLog:
    """The ids of Stripe's events that were settled; the database forgets them by and by."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def knows(self, event_id: str) -> bool:
        return self._documents.find_one({"_id": event_id}) is not None

    def note(self, event_id: str) -> None:
        """Safe to repeat. The time is the real one, by which the database forgets."""
        with suppress(DuplicateKeyError):
            self._documents.insert_one({"_id": event_id, "heardAt": utc_now()})


class OrderReplica:
    """The orders as the orders service last told of them."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    def apply(self, order: OrderState) -> None:
        state = {
            "userId": order.user_id,
            "status": order.status.value,
            "amount": to_cents(order.ticket.price),
        }
        self._replica.apply(order.id, order.version, state)

    def get(self, id: str) -> Order:
        """The order, one just placed too; raises NotFound."""
        found = self._replica.wait_for(id)
        return Order(
            id=id,
            user_id=found["userId"],
            status=OrderStatus(found["status"]),
            amount=found["amount"],
        )

    def is_cancelled(self, id: str) -> bool:
        """Whether it has been heard that this order ended unpaid."""
        try:
            return bool(self._replica.get(id)["status"] == OrderStatus.CANCELLED.value)
        except NotFound:
            return False


def _payment(document: Document) -> Payment:
    return Payment(
        id=document["_id"],
        version=document["version"],
        order_id=document["orderId"],
        amount=document["amount"],
        status=PaymentStatus(document["status"]),
        intent_id=document.get("intentId"),
        attempts=document["attempts"],
        token=document.get("token"),
        check_at=document.get("checkAt"),
        unreported_failure=document.get("unreportedFailure"),
    )
