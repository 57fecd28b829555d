"""What clients send and get about tickets."""

from typing import Any

from marshmallow import Schema
from marshmallow import validate

from ticketing.common.money import from_cents
from ticketing.common.schemas import Price
from ticketing.common.schemas import text
from ticketing.tickets.model import Ticket


class NewTicket(Schema):
    """A ticket as its seller describes it; also its edit."""

    title = text("Title is required", validate.Length(1, 200))
    price = Price()


def ticket_view(ticket: Ticket) -> dict[str, Any]:
    """The ticket as clients get it; `orderId` only while an order holds it."""
    view = {
        "id": ticket.id,
        "title": ticket.title,
        "price": from_cents(ticket.price),
        "userId": ticket.user_id,
        "version": ticket.version,
    }
    return view if ticket.order_id is None else {**view, "orderId": ticket.order_id}
