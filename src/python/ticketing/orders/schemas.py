"""What clients send and get about orders."""

from typing import Any

from marshmallow import Schema
from marshmallow import fields
from marshmallow import validate

from ticketing.common.clock import iso
from ticketing.common.money import from_cents
from ticketing.common.queries import Page
from ticketing.common.schemas import identifier
from ticketing.orders.model import Order


class NewOrder(Schema):
    """Which ticket to hold."""

    ticket_id = identifier("TicketId must be provided", "ticketId")


class OrderPage(Page):
    """Query parameters of the list of own orders."""

    sort = fields.String(
        load_default="oldest",
        validate=validate.OneOf(["oldest", "newest"], error="Sort must be oldest or newest"),
    )


def order_view(order: Order) -> dict[str, Any]:
    """The order as its buyer gets it; `refundReason` only if its payment was rejected, `refunded`
    only once that money went back, `expired` only if time has cancelled it.
    """
    view: dict[str, Any] = {
        "id": order.id,
        "userId": order.user_id,
        "status": order.status.value,
        "createdAt": iso(order.created_at),
        "expiresAt": iso(order.expires_at),
        "version": order.version,
        "ticket": {
            "id": order.ticket.id,
            "title": order.ticket.title,
            "price": from_cents(order.ticket.price),
            "version": order.ticket.version,
        },
    }
    if order.rejection is not None:
        view["refundReason"] = order.rejection
    if order.refunded:
        view["refunded"] = True
    if order.expired:
        view["expired"] = True
    return view
