"""What the pages say where it depends on how things stand."""

from ticketing.client.api import Order
from ticketing.client.formats import money

_LATE = "Should a payment still arrive, you get the ticket, or your money back."


def headline(order: Order) -> str:
    """The order's state in a few words."""
    return {
        "created": "Yours for the moment",
        "awaiting": "Waiting for your payment",
        "complete": "The ticket is yours",
        "expired": "Time ran out",
        "cancelled": "Order cancelled",
        "refunded": "Your money went back",
    }[order.state]


def explanation(order: Order) -> str:
    """What the state means for the buyer, and what can be done about it."""
    return {
        "created": "Nobody else can take this ticket while you pay.",
        "awaiting": "The money is not here yet: confirm at your bank if it asks, or try again.",
        "complete": f"You have paid {money(order.ticket.price)}. Enjoy it!",
        "expired": f"The payment did not come in time, so the ticket was let go. {_LATE}",
        "cancelled": f"You let the ticket go. {_LATE}",
        "refunded": "Your payment came when the ticket could no longer be yours."
        " Your bank shows the refund within some days.",
    }[order.state]
