"""Every event that services tell each other, and the public state that the events carry.

An event is immutable and complete: it carries the whole public state of its aggregate with its
version, so that a replica needs nothing but the newest one. On the wire: JSON, camelCase keys,
prices as numbers in the currency's main unit, times in ISO 8601 with their zone.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import msgspec


class OrderStatus(StrEnum):
    """Where an order stands; every status but `CANCELLED` holds the ticket."""

    CREATED = "created"
    AWAITING_PAYMENT = "awaiting:payment"
    CANCELLED = "cancelled"
    COMPLETE = "complete"


class State(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, dict=True
):
    """Public state inside an event."""

    @property
    def unknown(self) -> Mapping[str, Any]:
        """The fields of a newer version, as they came, of a state that `read` has read."""
        fields: Mapping[str, Any] = self.__dict__.get("unknown", {})
        return fields


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


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="subject"):
    """A fact that happened; `id` is unique and stays the same however often it is delivered."""

    id: str
    occurred_at: datetime

    @property
    def state(self) -> State | None:
        """The public state that it carries; None where it carries none."""
        values = (getattr(self, name) for name in self.__struct_fields__)
        return next((value for value in values if isinstance(value, State)), None)

    @property
    def about(self) -> str:
        """The id of what it tells of: its state's, or else the first that it names."""
        if self.state is not None:
            return str(getattr(self.state, "id", ""))
        names = (name for name in self.__struct_fields__ if name.endswith("_id"))
        return str(getattr(self, next(names, ""), ""))


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


E = TypeVar("E", bound=Event)


def read(kind: type[E], body: bytes) -> E:
    """The event in a message; its state has, in `unknown`, what a newer version says beside it.

    Raises ValueError where it cannot be read.
    """
    event = msgspec.json.decode(body, type=kind)
    state = event.state
    if state is not None:
        field, known = _carried(kind)
        told = msgspec.json.decode(body)[field]
        news = {name: told[name] for name in told.keys() - known if name.isalnum()}
        state.__dict__["unknown"] = news
    return event


@cache
def _carried(kind: type[Event]) -> tuple[str, frozenset[str]]:
    """Under which name events of this type carry their state, and the names in that."""
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, State):
            return field.encode_name, frozenset(field.type.__struct_encode_fields__)
    raise TypeError(f"{kind} carries no state")


def subject(event: type[Event]) -> str:
    """The subject under which events of this type travel, such as `order.created`."""
    return str(event.__struct_config__.tag)
