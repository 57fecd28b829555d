"""Payments as documents, and the orders as last heard."""

from contextlib import suppress
from datetime import datetime

import pymongo
from pymongo.errors import DuplicateKeyError

from ticketing.common.core.clock import utc_now
from ticketing.common.core.events import OrderState, OrderStatus
from ticketing.common.core.fields import like
from ticketing.common.core.money import to_cents
from ticketing.common.storage.mongo import Documents, Indexes
from ticketing.common.storage.replica import Replica
from ticketing.common.storage.store import OUTBOX_INDEX, Store
from ticketing.payments.model import Order, Payment

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
}


class PaymentRepository(Store[Payment]):
    """The payments, one per order: to save another is Duplicate."""

    model = Payment

    def of_order(self, order_id: str) -> Payment | None:
        return self.find_one({"orderId": order_id})

    def of_intent(self, intent_id: str) -> Payment | None:
        return self.find_one({"intentId": intent_id})

    def in_doubt(self, now: datetime, *, limit: int) -> list[Payment]:
        """Payments about which Stripe should be asked by `now`, the longest due first."""
        due = {"checkAt": {"$lte": now}}
        return self.find_many(due, order=[("checkAt", pymongo.ASCENDING)], limit=limit)


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


class OrderReplica(Replica[Order, OrderState]):
    """The orders as the orders service last told of them."""

    model = Order

    @staticmethod
    def copy(order: OrderState, _: datetime, /) -> Order:
        return like(Order, order, amount=to_cents(order.ticket.price))

    def is_cancelled(self, id: str) -> bool:
        """Whether it has been heard that this order ended unpaid."""
        order = self.find(id)
        return order is not None and order.status is OrderStatus.CANCELLED
