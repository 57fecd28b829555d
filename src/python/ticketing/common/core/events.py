"""Every event that services tell each other, and the public state that the events carry.

An event is immutable and complete: it carries the whole public state of its aggregate with its
version, so that a replica needs nothing but the newest one. On the wire: JSON, camelCase keys,
prices as numbers in the currency's main unit, times in ISO 8601 with their zone.
"""

from datetime import datetime
from enum import StrEnum

from ticketing.common.core.event import Event, State, subject


class OrderStatus(StrEnum):
    """Where an order stands; every status but `CANCELLED` holds the ticket."""

    CREATED = "created"
    AWAITING_PAYMENT = "awaiting:payment"
    CANCELLED = "cancelled"
    COMPLETE = "complete"


class TicketState(State, frozen=True):
    id: str
    title: str
    price: float
    user_id: str
    version: int
    order_id: str | None = None
    withdrawn: bool = False
    held_until: datetime | None = None
    sold_at: datetime | None = None
    sold_for: float | None = None


class OrderedTicket(State, frozen=True):
    id: str
    price: float


class OrderState(State, frozen=True):
    id: str
    user_id: str
    status: OrderStatus
    expires_at: datetime
    version: int
    ticket: OrderedTicket


class PaymentState(State, frozen=True):
    id: str
    order_id: str
    stripe_id: str
    amount: float


class SessionState(State, frozen=True):
    id: str
    user_id: str
    version: int


class UserState(State, frozen=True):
    """`epoch` is how often the user has signed out everywhere; no e-mail address goes round."""

    id: str
    epoch: int
    version: int


class TicketCreated(Event, frozen=True, tag="ticket.created"):
    """On sale."""

    ticket: TicketState


class TicketUpdated(Event, frozen=True, tag="ticket.updated"):
    """Changed, withdrawn, relisted, reserved, released or sold."""

    ticket: TicketState


class OrderCreated(Event, frozen=True, tag="order.created"):
    """Holds a ticket."""

    order: OrderState


class OrderCancelled(Event, frozen=True, tag="order.cancelled"):
    """Has let its ticket go."""

    order: OrderState


class OrderCompleted(Event, frozen=True, tag="order.completed"):
    """Has bought its ticket."""

    order: OrderState


class ExpirationCompleted(Event, frozen=True, tag="expiration.completed"):
    """The hold's time is over."""

    order_id: str


class PaymentStarted(Event, frozen=True, tag="payment.started"):
    """The buyer tries to pay, once for each try; no money has arrived yet."""

    payment: PaymentState


class PaymentCreated(Event, frozen=True, tag="payment.created"):
    """Money arrived."""

    payment: PaymentState


class PaymentRejected(Event, frozen=True, tag="payment.rejected"):
    """Orders cannot honour this payment: give it back."""

    payment_id: str
    order_id: str
    reason: str


class PaymentRefunded(Event, frozen=True, tag="payment.refunded"):
    """Money went back."""

    payment: PaymentState


class SessionEnded(Event, frozen=True, tag="session.ended"):
    """Signed out, or taken for stolen: its tokens are good no more."""

    session: SessionState


class UserSignedOut(Event, frozen=True, tag="user.signed-out"):
    """Everywhere: tokens of lower epochs are good no more."""

    user: UserState


EVENTS: dict[str, type[Event]] = {subject(kind): kind for kind in Event.__subclasses__()}
"""Every event that this version knows, by its subject."""
