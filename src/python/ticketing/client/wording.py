"""What the pages say where it depends on how things stand."""

from ticketing.client.formats import money
from ticketing.client.views import Order, Ticket

MISTAKES = {
    "q": "At most 100 characters",
    "minPrice": "Not a price",
    "maxPrice": "Not a price",
}
"""By the field of a search."""

BADGES = {
    "on-sale": "On sale",
    "held": "Held",
    "sold": "Sold",
    "withdrawn": "Withdrawn",
    "created": "Held for you",
    "awaiting": "Awaiting payment",
    "complete": "Bought",
    "expired": "Expired",
    "cancelled": "Cancelled",
    "refunded": "Refunded",
}
"""By the state of a ticket or an order."""

_OWN = {
    "on-sale": "Buyers can find it; another account can buy it.",
    "withdrawn": "It is off the market.",
}
_LATE = "If a payment still arrives, you get the ticket or your money back."

_BANK = "Your bank shows the refund within some days."
_GONE = "The ticket could not be yours any more"


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
    if order.refund_reason and not order.refunded:
        return f"Your payment came too late. {order.refund_reason}, so you get your money back."
    if order.refunded and order.state == "complete":
        return f"The ticket stays yours, and your {money(order.ticket.price)} went back. {_BANK}"
    return {
        "created": "Nobody else can take this ticket while you pay.",
        "awaiting": "No payment has arrived yet. You can still pay until the time is over.",
        "complete": f"You have paid {money(order.ticket.price)}. Enjoy it!",
        "expired": f"The payment did not come in time, so the ticket was let go. {_LATE}",
        "cancelled": f"You let the ticket go. {_LATE}",
        "refunded": f"Your payment came too late. {order.refund_reason or _GONE}. {_BANK}",
    }[order.state]


def standing(ticket: Ticket, *, is_own: bool, order: Order | None) -> str:
    """How the ticket stands for its seller, for the buyer whose `order` has it, or for others."""
    if order is not None:
        return "It is yours." if order.state == "complete" else "You hold this ticket."
    if is_own:
        return f"This is your own listing. {_OWN.get(ticket.state) or _standing(ticket)}"
    return _standing(ticket)


def _standing(ticket: Ticket) -> str:
    if ticket.state == "held" and ticket.withdrawn:
        return "Somebody is paying for it right now. If they do not, it stays off the market."
    return {
        "on-sale": f"On sale for {money(ticket.price)}.",
        "held": "Somebody is paying for it right now. If they do not, it is on sale again.",
        "sold": "This ticket is sold.",
        "withdrawn": "The seller has taken it off the market.",
    }[ticket.state]
