"""What clients send and get about tickets."""

import re
from typing import Annotated, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from msgspec import UNSET, Meta, UnsetType

from ticketing.common.core.money import from_cents
from ticketing.common.web.queries import NO_CURSOR, Page, choice, page_cursor, price, whole_number
from ticketing.common.web.schemas import Price, text
from ticketing.common.web.views import Amount, Id, Time, Versioned, View, view
from ticketing.tickets import model
from ticketing.tickets.sales import SalesOfDay
from ticketing.tickets.search import Sort, words

MAX_ASKED = 100
"""Characters of a search's words."""
TOO_MUCH = f"Q must be at most {MAX_ASKED} characters"
WORDS = "Each word begins a word of the title; case, accents and punctuation do not count."
_CURSORS = {
    Sort.NEWEST: re.compile("[0-9a-f]{24}"),
    Sort.CHEAPEST: re.compile("[0-9]{8}-[0-9a-f]{24}"),
    Sort.DEAREST: re.compile("[0-9]{8}-[0-9a-f]{24}"),
}


class NewTicket(Schema):
    """A ticket as its seller describes it; also its edit."""

    title = text("Title is required", validate.Length(1, 200), example="Opera at night")
    price = Price()


class OwnTickets(Page):
    """Query parameters of the list of one's own tickets."""

    sort = choice("Sort", "newest", "oldest")


class _Words(fields.Field[list[str]]):
    def _deserialize(self, value: str, *_: Any, **__: Any) -> list[str]:
        if len(value) > MAX_ASKED:
            raise ValidationError(TOO_MUCH)
        return words(value)


class TicketSearch(Page):
    """Query parameters of the list of tickets on sale."""

    words = _Words(
        load_default=list,
        data_key="q",
        error_messages={"invalid": TOO_MUCH},
        metadata={"type": "string", "maxLength": MAX_ASKED, "description": WORDS},
    )
    min_price = price("minPrice")
    max_price = price("maxPrice")
    sort = choice("Sort", *Sort)
    cursor = page_cursor("([0-9]{8}-)?[0-9a-f]{24}")

    @post_load
    def _name_sort(self, asked: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**asked, "sort": Sort(asked["sort"])}

    @validates_schema
    def _check_cursor(self, asked: dict[str, Any], **_: Any) -> None:
        """Each order has its own kind of place to go on from."""
        cursor = asked["cursor"]
        if cursor is not None and not _CURSORS[Sort(asked["sort"])].fullmatch(cursor):
            raise ValidationError(NO_CURSOR, "cursor")


class SalesPeriod(Schema):
    """Query parameter of the sales: how many days back, today included."""

    days = whole_number("Days", 1, 366, default=30)


class Ticket(Versioned, frozen=True):
    """A ticket; what comes after `version` is there only while it applies."""

    title: Annotated[str, Meta(min_length=1, max_length=200, examples=["Opera at night"])]
    price: Amount
    user_id: Annotated[Id, Meta(description="Its seller.")]
    order_id: (
        Annotated[Id, Meta(description="The order that holds or has bought it.")] | UnsetType
    ) = UNSET
    withdrawn: Annotated[bool, Meta(description="Whether its seller took it off sale.")] = False
    held_until: (
        Annotated[Time, Meta(description="Until when an unpaid order holds it.")] | UnsetType
    ) = UNSET
    sold_at: Time | UnsetType = UNSET
    sold_for: Annotated[Amount, Meta(description="What was paid.")] | UnsetType = UNSET


class DayWithSales(View, frozen=True):
    """What one seller sold on one UTC day."""

    day: Annotated[str, Meta(examples=["2026-11-22"], extra_json_schema={"format": "date"})]
    tickets: Annotated[int, Meta(ge=1, examples=[3])]
    amount: Amount


def ticket_view(ticket: model.Ticket) -> Ticket:
    """The ticket as clients get it."""
    sold_for = None if ticket.sold_for is None else from_cents(ticket.sold_for)
    return view(Ticket, ticket, price=from_cents(ticket.price), sold_for=sold_for)


def sales_view(sales: SalesOfDay) -> DayWithSales:
    return view(DayWithSales, sales, day=sales.day.isoformat(), amount=from_cents(sales.amount))
