"""Tickets as documents, and the orders on them as last heard."""

from typing import Any

import pymongo

from ticketing.common.events import OrderState
from ticketing.common.events import OrderStatus
from ticketing.common.mongo import Document
from ticketing.common.mongo import Store
from ticketing.common.replica import Replica
from ticketing.tickets.model import Ticket

INDEXES = [pymongo.IndexModel([("onSale", 1), ("_id", -1)])]


class TicketRepository:
    """The tickets; `onSale` in a document is true while no order holds it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, id: str) -> Ticket:
        """Raises NotFound."""
        return _ticket(self._store.get(id))

    def on_sale(self, *, limit: int, before: str | None) -> list[Ticket]:
        """The newest tickets on sale, older than the ticket `before`."""
        query: dict[str, Any] = {"onSale": True}
        if before is not None:
            query["_id"] = {"$lt": before}
        found = self._store.find(query, order=[("_id", pymongo.DESCENDING)], limit=limit)
        return [_ticket(document) for document in found]

    def save(self, ticket: Ticket) -> None:
        state = {
            "title": ticket.title,
            "price": ticket.price,
            "userId": ticket.user_id,
            "orderId": ticket.order_id,
            "onSale": ticket.order_id is None,
        }
        self._store.save(ticket, state)


class OrderReplica:
    """What the orders service last said of each order, so that old news can be told from new."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    def apply(self, order: OrderState) -> None:
        self._replica.apply(order.id, order.version, {"status": order.status.value})

    def holds(self, order_id: str) -> bool:
        """Whether the order holds its ticket, by the newest that is known; raises NotFound."""
        return OrderStatus(self._replica.get(order_id)["status"]) is not OrderStatus.CANCELLED


def _ticket(document: Document) -> Ticket:
    return Ticket(
        id=document["_id"],
        version=document["version"],
        title=document["title"],
        price=document["price"],
        user_id=document["userId"],
        order_id=document.get("orderId"),
    )
