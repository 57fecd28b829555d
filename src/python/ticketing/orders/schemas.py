"""What clients send and get about orders."""

from typing import Annotated

from marshmallow import Schema
from msgspec import UNSET, Meta, UnsetType

from ticketing.common.core.events import OrderStatus
from ticketing.common.core.money import from_cents
from ticketing.common.web.queries import Page, choice
from ticketing.common.web.schemas import identifier
from ticketing.common.web.views import Amount, Id, Time, Version, Versioned, View, view
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
    ticket = view(TicketOfOrder, order.ticket, price=from_cents(order.ticket.price))
    return view(Order, order, ticket=ticket, refund_reason=order.rejection)
