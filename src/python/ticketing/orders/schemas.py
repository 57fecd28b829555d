"""What clients send and get about orders."""

from typing import Annotated

from marshmallow import Schema
from msgspec import UNSET, Meta, UnsetType

from ticketing.common.core.clock import iso
from ticketing.common.core.events import OrderStatus
from ticketing.common.core.money import from_cents
from ticketing.common.web.queries import Page, choice
from ticketing.common.web.schemas import identifier
from ticketing.common.web.views import Amount, Id, Time, Version, Versioned, View
from ticketing.orders import model


class NewOrder(Schema):
    """Which ticket to hold."""

    ticket_id = identifier("TicketId must be provided", "ticketId")


class OwnOrders(Page):
    """Query parameters of the list of one's own orders."""

    sort = choice("Sort", "oldest", "newest")


class TicketOfOrder(View, frozen=True):
    """The ticket as it was when it was ordered."""

    id: Id
    title: Annotated[str, Meta(min_length=1, max_length=200, examples=["Opera at night"])]
    price: Amount
    version: Annotated[Version, Meta(description="The ticket's, then.")]


class Order(Versioned, frozen=True):
    """An order; what comes after `ticket` is there only while it applies."""

    user_id: Annotated[Id, Meta(description="Its buyer.")]
    status: Annotated[
        OrderStatus,
        Meta(
            description="`awaiting:payment`: the buyer has tried to pay; in all else as `created`."
        ),
    ]
    created_at: Time
    expires_at: Annotated[Time, Meta(description="Until when it holds its ticket unpaid.")]
    ticket: TicketOfOrder
    refund_reason: (
        Annotated[
            str,
            Meta(
                min_length=1,
                description="Its payment came too late, and goes back.",
                examples=["The ticket went to somebody else"],
            ),
        ]
        | UnsetType
    ) = UNSET
    refunded: Annotated[bool, Meta(description="Whether the money went back.")] = False
    expired: Annotated[bool, Meta(description="Whether time has cancelled it.")] = False


def order_view(order: model.Order) -> Order:
    """The order as its buyer gets it."""
    ticket = order.ticket
    return Order(
        id=order.id,
        user_id=order.user_id,
        status=order.status,
        created_at=iso(order.created_at),
        expires_at=iso(order.expires_at),
        version=order.version,
        ticket=TicketOfOrder(
            id=ticket.id,
            title=ticket.title,
            price=from_cents(ticket.price),
            version=ticket.version,
        ),
        refund_reason=UNSET if order.rejection is None else order.rejection,
        refunded=order.refunded,
        expired=order.expired,
    )
