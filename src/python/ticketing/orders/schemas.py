"""What clients send and get about orders."""

from typing import Any

from marshmallow import Schema

from ticketing.common.clock import iso
from ticketing.common.money import from_cents
from ticketing.common.schemas import identifier
from ticketing.orders.model import Order


class NewOrder(Schema):
    """Which ticket to hold."""

    ticket_id = identifier("TicketId must be provided", "ticketId")


def order_view(order: Order) -> dict[str, Any]:
    """The order as its buyer gets it; `refunded` only once the money went back."""
    view = {
        "id": order.id,
        "userId": order.user_id,
        "status": order.status.value,
        "expiresAt": iso(order.expires_at),
        "version": order.version,
        "ticket": {
            "id": order.ticket.id,
            "title": order.ticket.title,
            "price": from_cents(order.ticket.price),
            "version": order.ticket.version,
        },
    }
    return {**view, "refunded": True} if order.refunded else view
