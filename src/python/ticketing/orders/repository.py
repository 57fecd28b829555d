"""Orders as documents, and the tickets as last heard."""

from datetime import datetime
from typing import Any

import pymongo

from ticketing.common.core.events import OrderStatus, TicketState
from ticketing.common.core.fields import like
from ticketing.common.core.money import to_cents
from ticketing.common.storage.mongo import Document, Indexes
from ticketing.common.storage.replica import Replica
from ticketing.common.storage.store import OUTBOX_INDEX, Store
from ticketing.orders.model import HELD, Order, Ticket

INDEXES: Indexes = {
    "orders": [
        OUTBOX_INDEX,
        pymongo.IndexModel("reserves", unique=True, sparse=True),
        pymongo.IndexModel("hold", unique=True, sparse=True),
        pymongo.IndexModel([("userId", 1), ("_id", 1)]),
        pymongo.IndexModel([("status", 1), ("expiresAt", 1)]),
    ],
    "tickets": [],  # the replica is asked by _id alone
}


class OrderRepository(Store[Order]):
    """The orders. An active one's document carries `reserves`, the id of its ticket, under a unique
    index: the database itself lets a ticket have one active order at the most. In the same way an
    open hold's carries `hold`, the user and the slot, and lets go of it when it is paid or ends.
    So to save one is Duplicate also if another has the ticket, or another of the buyer's the slot.
    """

    model = Order

    def query_fields(self, order: Order) -> Document:
        active = order.status is not OrderStatus.CANCELLED
        return {
            "reserves": order.ticket.id if active else None,
            "hold": f"{order.user_id}:{order.slot}" if order.is_open else None,
        }

    def holding(self, ticket_id: str) -> Order | None:
        """The active order on this ticket."""
        return self.find_one({"reserves": ticket_id})

    def held_by(self, user_id: str) -> list[Order]:
        """The user's open holds."""
        return self.find_many({"hold": {"$gte": f"{user_id}:", "$lt": f"{user_id};"}})

    def of_user(
        self, user_id: str, *, limit: int, after: str | None, newest_first: bool
    ) -> list[Order]:
        """The user's orders, oldest or newest first, that come after the order `after`."""
        query: dict[str, Any] = {"userId": user_id}
        if after is not None:
            query["_id"] = {"$lt" if newest_first else "$gt": after}
        direction = pymongo.DESCENDING if newest_first else pymongo.ASCENDING
        return self.find_many(query, order=[("_id", direction)], limit=limit)

    def overdue(self, now: datetime, *, limit: int) -> list[Order]:
        """Orders whose hold should have ended by `now`; a query per status uses the index best."""
        return [
            order
            for status in HELD
            for order in self.find_many(
                {"status": status.value, "expiresAt": {"$lte": now}}, limit=limit
            )
        ]


class TicketReplica(Replica[Ticket, TicketState]):
    """The tickets as the tickets service last told of them."""

    model = Ticket

    @staticmethod
    def copy(ticket: TicketState, _: datetime, /) -> Ticket:
        return like(Ticket, ticket, price=to_cents(ticket.price))

    def is_withdrawn(self, id: str) -> bool:
        """Whether it is known to be: not so where its news is missing (a replica made again)."""
        ticket = self.find(id)
        return ticket is not None and ticket.withdrawn
