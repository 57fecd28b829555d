"""Tickets as documents, and the orders on them as last heard."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pymongo

from ticketing.common import keys
from ticketing.common.events import OrderState
from ticketing.common.events import OrderStatus
from ticketing.common.money import to_cents
from ticketing.common.mongo import OUTBOX_INDEX
from ticketing.common.mongo import Document
from ticketing.common.mongo import Indexes
from ticketing.common.mongo import Store
from ticketing.common.replica import Replica
from ticketing.tickets.model import Order
from ticketing.tickets.model import Ticket
from ticketing.tickets.sales import Sale
from ticketing.tickets.search import Search
from ticketing.tickets.search import Sort
from ticketing.tickets.search import beginnings
from ticketing.tickets.search import by_price

INDEXES: Indexes = {
    "tickets": [
        OUTBOX_INDEX,
        pymongo.IndexModel([("onSale", 1), ("_id", -1)]),
        pymongo.IndexModel([("onSale", 1), ("beginnings", 1), ("_id", -1)]),
        pymongo.IndexModel([("onSale", 1), ("beginnings", 1), ("byPrice", 1)]),
        pymongo.IndexModel([("onSale", 1), ("byPrice", 1)]),
        pymongo.IndexModel([("userId", 1), ("_id", -1)]),
        pymongo.IndexModel([("userId", 1), ("soldAt", 1)]),
    ],
    "orders": [],  # the replica is asked by _id alone
    keys.COLLECTION: [keys.INDEX],
}
_UNREAD = {"outbox": False, "beginnings": False, "byPrice": False}
_ORDER = {
    Sort.NEWEST: ("_id", pymongo.DESCENDING, "$lt"),
    Sort.CHEAPEST: ("byPrice", pymongo.ASCENDING, "$gt"),
    Sort.DEAREST: ("byPrice", pymongo.DESCENDING, "$lt"),
}
"""The field that sorts, its direction, and how the next one compares."""


class TicketRepository:
    """The tickets. Beside their state, documents have what searches need: `onSale`, the place
    `byPrice` and the `beginnings` of the title's words; those from before there was a search lack
    the latter two and are not found by them until they are saved again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, id: str) -> Ticket:
        """Raises NotFound."""
        return _ticket(self._store.get(id))

    def on_sale(self, search: Search, *, limit: int) -> list[Ticket]:
        """The tickets on sale that fit, in the order that was asked for."""
        field, direction, _ = _ORDER[search.sort]
        return self._list(_query(search), (field, direction), limit)

    def of_seller(
        self, user_id: str, *, limit: int, after: str | None, newest_first: bool
    ) -> list[Ticket]:
        """The seller's tickets in every state, newest or oldest first, that come after `after`."""
        query: dict[str, Any] = {"userId": user_id}
        if after is not None:
            query["_id"] = {"$lt" if newest_first else "$gt": after}
        direction = pymongo.DESCENDING if newest_first else pymongo.ASCENDING
        return self._list(query, ("_id", direction), limit)

    def sales(self, user_id: str, *, since: datetime) -> list[Sale]:
        """What the seller sold, in any order."""
        query = {"userId": user_id, "soldAt": {"$gte": since}}
        fields = {"soldAt": True, "soldFor": True}
        found = self._store.documents.find(query, fields)
        return [Sale(at=sold["soldAt"], price=sold["soldFor"]) for sold in found]

    def save(self, ticket: Ticket) -> None:
        state = {
            "title": ticket.title,
            "price": ticket.price,
            "userId": ticket.user_id,
            "orderId": ticket.order_id,
            "withdrawn": ticket.withdrawn or None,
            "heldUntil": ticket.held_until,
            "soldAt": ticket.sold_at,
            "soldFor": ticket.sold_for,
            "onSale": ticket.on_sale,
            "beginnings": beginnings(ticket.title),
            "byPrice": by_price(ticket),
        }
        self._store.save(ticket, state)

    def _list(self, query: Mapping[str, Any], order: tuple[str, int], limit: int) -> list[Ticket]:
        found = self._store.documents.find(query, _UNREAD).sort([order]).limit(limit)
        return [_ticket(document) for document in found]


class OrderReplica:
    """What the orders service last said of each order, so that old news can be told from new."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    def apply(self, order: OrderState, at: datetime) -> None:
        state = {
            "status": order.status.value,
            "expiresAt": order.expires_at,
            "price": to_cents(order.ticket.price),
            "at": at,
        }
        self._replica.apply(order.id, order.version, state)

    def get(self, order_id: str) -> Order:
        """The order, by the newest that is known; raises NotFound."""
        known = self._replica.get(order_id)
        return Order(
            id=order_id,
            status=OrderStatus(known["status"]),
            expires_at=known.get("expiresAt"),
            price=known.get("price"),
            at=known.get("at"),
        )


def _query(search: Search) -> dict[str, Any]:
    """One flat filter, so that an index serves it."""
    query: dict[str, Any] = {"onSale": True}
    match search.words:
        case []:
            pass
        case [word]:
            query["beginnings"] = word  # some servers do not use the index for an $all of one
        case words:
            # The index serves the first: a long word has the fewest titles.
            query["beginnings"] = {"$all": sorted(words, key=len, reverse=True)}
    prices = {}
    if search.min_price is not None or search.sort is not Sort.NEWEST:
        prices["$gte"] = f"{search.min_price or 0:08d}"
    if search.max_price is not None:
        prices["$lte"] = f"{search.max_price:08d}-g"  # after every id, which is hexadecimal
    if prices:
        query["byPrice"] = prices
    if search.cursor is not None:
        field, _, comes_after = _ORDER[search.sort]
        query[field] = {**query.get(field, {}), comes_after: search.cursor}
    return query


def _ticket(document: Document) -> Ticket:
    return Ticket(
        id=document["_id"],
        version=document["version"],
        title=document["title"],
        price=document["price"],
        user_id=document["userId"],
        order_id=document.get("orderId"),
        withdrawn=document.get("withdrawn", False),
        held_until=document.get("heldUntil"),
        sold_at=document.get("soldAt"),
        sold_for=document.get("soldFor"),
    )
