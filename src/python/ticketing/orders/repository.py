"""Orders as documents, and the tickets as last heard."""

from datetime import datetime
from typing import Any

import pymongo

from ticketing.common import keys
from ticketing.common.errors import NotFound
from ticketing.common.events import OrderStatus
from ticketing.common.events import TicketState
from ticketing.common.money import to_cents
from ticketing.common.mongo import OUTBOX_INDEX
from ticketing.common.mongo import Document
from ticketing.common.mongo import Indexes
from ticketing.common.mongo import Store
from ticketing.common.mongo import made_at
from ticketing.common.replica import Replica
from ticketing.orders.model import HELD
from ticketing.orders.model import Order
from ticketing.orders.model import Ticket

INDEXES: Indexes = {
    "orders": [
        OUTBOX_INDEX,
        pymongo.IndexModel("reserves", unique=True, sparse=True),
        pymongo.IndexModel("hold", unique=True, sparse=True),
        pymongo.IndexModel([("userId", 1), ("_id", 1)]),
        pymongo.IndexModel([("status", 1), ("expiresAt", 1)]),
    ],
    "tickets": [],  # the replica is asked by _id alone
    keys.COLLECTION: [keys.INDEX],
}


class OrderRepository:
    """The orders. An active one's document carries `reserves`, the id of its ticket, under a unique
    index: the database itself lets a ticket have one active order at the most. In the same way an
    open hold's carries `hold`, the user and the slot, and lets go of it when it is paid or ends.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, id: str) -> Order:
        """Raises NotFound."""
        return _order(self._store.get(id))

    def find(self, id: str) -> Order | None:
        found = self._store.find_one({"_id": id})
        return None if found is None else _order(found)

    def holding(self, ticket_id: str) -> Order | None:
        """The active order on this ticket."""
        found = self._store.find_one({"reserves": ticket_id})
        return None if found is None else _order(found)

    def held_by(self, user_id: str) -> list[Order]:
        """The orders that have a slot of the user's: the open holds, and whatever an older version
        has ended without knowing of slots.
        """
        found = self._store.find({"hold": {"$gte": f"{user_id}:", "$lt": f"{user_id};"}})
        return [_order(document) for document in found]

    def of_user(
        self, user_id: str, *, limit: int, after: str | None, newest_first: bool
    ) -> list[Order]:
        """The user's orders, oldest or newest first, that come after the order `after`."""
        query: dict[str, Any] = {"userId": user_id}
        if after is not None:
            query["_id"] = {"$lt" if newest_first else "$gt": after}
        direction = pymongo.DESCENDING if newest_first else pymongo.ASCENDING
        found = self._store.find(query, order=[("_id", direction)], limit=limit)
        return [_order(document) for document in found]

    def overdue(self, now: datetime, *, limit: int) -> list[Order]:
        """Orders whose hold should have ended by `now`; a query per status uses the index best."""
        return [
            _order(document)
            for status in HELD
            for document in self._store.find(
                {"status": status.value, "expiresAt": {"$lte": now}}, limit=limit
            )
        ]

    def save(self, order: Order) -> None:
        """Raises Duplicate if another active order has the ticket, another open hold of the buyer
        the slot, or the id is taken.
        """
        active = order.status is not OrderStatus.CANCELLED
        state = {
            "userId": order.user_id,
            "status": order.status.value,
            "createdAt": order.created_at,
            "expiresAt": order.expires_at,
            "ticket": _ticket_document(order.ticket),
            "paymentId": order.payment_id,
            "refunded": order.refunded,
            "expired": order.expired or None,
            "rejection": order.rejection,
            "reserves": order.ticket.id if active else None,
            "hold": _hold(order),
        }
        self._store.save(order, state)


class TicketReplica:
    """The tickets as the tickets service last told of them."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    def apply(self, ticket: TicketState) -> None:
        state = {
            "title": ticket.title,
            "price": to_cents(ticket.price),
            "userId": ticket.user_id,
            "withdrawn": ticket.withdrawn,
        }
        self._replica.apply(ticket.id, ticket.version, state)

    def get(self, id: str) -> Ticket:
        """The ticket, one just put on sale too; raises NotFound."""
        return _ticket({**self._replica.wait_for(id), "id": id})

    def is_withdrawn(self, id: str) -> bool:
        """Whether it is known to be: not so where its news is missing (a replica made again)."""
        try:
            return bool(self._replica.get(id).get("withdrawn"))
        except NotFound:
            return False


def _order(document: Document) -> Order:
    return Order(
        id=document["_id"],
        version=document["version"],
        user_id=document["userId"],
        status=OrderStatus(document["status"]),
        # Orders from before it was kept tell it by their id.
        created_at=document.get("createdAt") or made_at(document["_id"]),
        expires_at=document["expiresAt"],
        ticket=_ticket(document["ticket"]),
        payment_id=document.get("paymentId"),
        refunded=document["refunded"],
        expired=document.get("expired", False),
        rejection=document.get("rejection"),
        slot=_slot(document.get("hold")),
    )


def _hold(order: Order) -> str | None:
    """None also of an order from before there were slots."""
    return f"{order.user_id}:{order.slot}" if order.is_open and order.slot is not None else None


def _slot(hold: str | None) -> int | None:
    return None if hold is None else int(hold.rpartition(":")[2])


def _ticket(document: Document) -> Ticket:
    return Ticket(
        id=document["id"],
        title=document["title"],
        price=document["price"],
        user_id=document["userId"],
        version=document["version"],
        withdrawn=document.get("withdrawn", False),
    )


def _ticket_document(ticket: Ticket) -> Document:
    return {
        "id": ticket.id,
        "title": ticket.title,
        "price": ticket.price,
        "userId": ticket.user_id,
        "version": ticket.version,
    }
