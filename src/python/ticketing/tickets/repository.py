"""Tickets as documents, and the orders on them as last heard."""

from datetime import datetime
from typing import Any

import pymongo

from ticketing.common.core.events import OrderState
from ticketing.common.core.fields import like
from ticketing.common.core.money import to_cents
from ticketing.common.storage.mongo import Document, Indexes
from ticketing.common.storage.replica import Replica
from ticketing.common.storage.store import OUTBOX_INDEX, Store
from ticketing.tickets.model import Order, Ticket
from ticketing.tickets.sales import Sale
from ticketing.tickets.search import Search, Sort, beginnings, by_price

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
}
_ORDER = {
    Sort.NEWEST: ("_id", pymongo.DESCENDING, "$lt"),
    Sort.CHEAPEST: ("byPrice", pymongo.ASCENDING, "$gt"),
    Sort.DEAREST: ("byPrice", pymongo.DESCENDING, "$lt"),
}
"""The field that sorts, its direction, and how the next one compares."""


class TicketRepository(Store[Ticket]):
    """The tickets. Beside their state, documents have what searches need: `onSale`, the place
    `byPrice` and the `beginnings` of the title's words.
    """

    model = Ticket

    def query_fields(self, ticket: Ticket) -> Document:
        return {
            "onSale": ticket.on_sale,
            "beginnings": beginnings(ticket.title),
            "byPrice": by_price(ticket),
        }

    def on_sale(self, search: Search, *, limit: int) -> list[Ticket]:
        """The tickets on sale that fit, in the order that was asked for."""
        field, direction, _ = _ORDER[search.sort]
        return self.find_many(_query(search), order=[(field, direction)], limit=limit)

    def of_seller(
        self, user_id: str, *, limit: int, after: str | None, newest_first: bool
    ) -> list[Ticket]:
        """The seller's tickets in every state, newest or oldest first, that come after `after`."""
        query: dict[str, Any] = {"userId": user_id}
        if after is not None:
            query["_id"] = {"$lt" if newest_first else "$gt": after}
        direction = pymongo.DESCENDING if newest_first else pymongo.ASCENDING
        return self.find_many(query, order=[("_id", direction)], limit=limit)

    def sales(self, user_id: str, *, since: datetime) -> list[Sale]:
        """What the seller sold, in any order."""
        query = {"userId": user_id, "soldAt": {"$gte": since}}
        fields = {"soldAt": True, "soldFor": True}
        found = self.documents.find(query, fields)
        return [Sale(at=sold["soldAt"], price=sold["soldFor"]) for sold in found]


class OrderReplica(Replica[Order, OrderState]):
    """What the orders service last said of each order, so that old news can be told from new."""

    model = Order

    @staticmethod
    def copy(order: OrderState, at: datetime, /) -> Order:
        return like(Order, order, price=to_cents(order.ticket.price), at=at)


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
