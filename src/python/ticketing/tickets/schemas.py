"""What clients send and get about tickets."""

import re
from typing import Any

from marshmallow import Schema
from marshmallow import ValidationError
from marshmallow import fields
from marshmallow import validate
from marshmallow import validates_schema

from ticketing.common.clock import iso
from ticketing.common.money import from_cents
from ticketing.common.schemas import Page
from ticketing.common.schemas import Price
from ticketing.common.schemas import text
from ticketing.common.schemas import whole_number
from ticketing.tickets.model import Ticket
from ticketing.tickets.sales import SalesOfDay
from ticketing.tickets.search import Sort
from ticketing.tickets.search import words

MAX_ASKED = 100
"""Characters of a search's words."""
_CURSORS = {
    Sort.NEWEST: re.compile("[0-9a-f]{24}"),
    Sort.CHEAPEST: re.compile("[0-9]{8}-[0-9a-f]{24}"),
    Sort.DEAREST: re.compile("[0-9]{8}-[0-9a-f]{24}"),
}
_OPTIONAL: dict[str, Any] = {"required": False, "load_default": None, "least": 0}


class NewTicket(Schema):
    """A ticket as its seller describes it; also its edit."""

    title = text("Title is required", validate.Length(1, 200))
    price = Price()


class _Words(fields.Field[list[str]]):
    def _deserialize(self, value: str, *_: Any, **__: Any) -> list[str]:
        if len(value) > MAX_ASKED:
            raise ValidationError(f"Q must be at most {MAX_ASKED} characters")
        return words(value)


class TicketSearch(Page):
    """Query parameters of the list of tickets on sale."""

    words = _Words(load_default=list, data_key="q")
    min_price = Price("MinPrice must be between 0 and 999999.99", data_key="minPrice", **_OPTIONAL)
    max_price = Price("MaxPrice must be between 0 and 999999.99", data_key="maxPrice", **_OPTIONAL)
    sort = fields.Enum(
        Sort,
        by_value=True,
        load_default=Sort.NEWEST,
        error_messages={"unknown": "Sort must be newest, cheapest or dearest"},
    )
    cursor = fields.String(load_default=None)

    @validates_schema
    def _check_cursor(self, asked: dict[str, Any], **_: Any) -> None:
        """Each order has its own kind of place to go on from."""
        cursor = asked["cursor"]
        if cursor is not None and not _CURSORS[asked["sort"]].fullmatch(cursor):
            raise ValidationError("Cursor is not valid", "cursor")


class SalesPeriod(Schema):
    """Query parameter of the sales: how many days back, today included."""

    days = whole_number("Days", 1, 366, default=30)


def ticket_view(ticket: Ticket) -> dict[str, Any]:
    """The ticket as clients get it; each field from `orderId` on only while it applies."""
    view: dict[str, Any] = {
        "id": ticket.id,
        "title": ticket.title,
        "price": from_cents(ticket.price),
        "userId": ticket.user_id,
        "version": ticket.version,
    }
    if ticket.order_id is not None:
        view["orderId"] = ticket.order_id
    if ticket.withdrawn:
        view["withdrawn"] = True
    if ticket.held_until is not None:
        view["heldUntil"] = iso(ticket.held_until)
    if ticket.sold_at is not None and ticket.sold_for is not None:
        view |= {"soldAt": iso(ticket.sold_at), "soldFor": from_cents(ticket.sold_for)}
    return view


def sales_view(sales: SalesOfDay) -> dict[str, Any]:
    return {
        "day": sales.day.isoformat(),
        "tickets": sales.tickets,
        "amount": from_cents(sales.amount),
    }
