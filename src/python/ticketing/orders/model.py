"""An order: holds a ticket for its buyer until it is paid, cancelled or overdue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.errors import NotAuthorized, NotYet, Refused
from ticketing.common.core.event import Event
from ticketing.common.core.events import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderedTicket,
    OrderState,
    OrderStatus,
    PaymentRejected,
)
from ticketing.common.core.fields import like
from ticketing.common.core.money import from_cents


class OwnTicket(Refused):
    """Its seller is who asks."""

    sentence = "You cannot order your own ticket"


class NotForSale(Refused):
    """Its seller took it off sale."""

    sentence = "Ticket is not for sale"


class TicketReserved(Refused):
    """Another order holds it, or has bought it."""

    sentence = "Ticket is already reserved!"


class TooManyHolds(Refused):
    """The buyer is to pay, or let go of one, first."""

    def __init__(self, *, max_open_holds: int) -> None:
        super().__init__(f"You can hold at most {max_open_holds} tickets at once")


class OrderComplete(Refused):
    """It is paid."""

    sentence = "You cannot cancel a complete order"


HELD = (OrderStatus.CREATED, OrderStatus.AWAITING_PAYMENT)
"""The statuses of an order whose hold can still run out."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The ticket as it was when it was ordered; `price` is in cents.

    `withdrawn` is for the moment of ordering: an order is not placed on such a ticket.
    """

    id: str
    title: str
    price: int
    user_id: str
    version: int
    withdrawn: bool = False


@dataclass(kw_only=True)
class Order(Aggregate):
    """`payment_id` is the payment that this order accepted or rejected, once one arrived;
    `expired` tells that time has cancelled it, not its buyer; `rejection` is why its payment was
    rejected. `slot` is which of its buyer's open holds it is, or was.
    """

    user_id: str
    status: OrderStatus
    created_at: datetime
    expires_at: datetime
    ticket: Ticket
    payment_id: str | None = None
    refunded: bool = False
    expired: bool = False
    rejection: str | None = None
    slot: int | None = None

    @classmethod
    def place(
        cls, *, id: str, user_id: str, ticket: Ticket, now: datetime, hold: timedelta
    ) -> "Order":
        if ticket.user_id == user_id:
            raise OwnTicket
        if ticket.withdrawn:
            raise NotForSale
        order = cls(
            id=id,
            user_id=user_id,
            status=OrderStatus.CREATED,
            created_at=now,
            expires_at=now + hold,
            ticket=ticket,
        )
        order._record(OrderCreated, now)
        return order

    def check_owner(self, user_id: str) -> None:
        if user_id != self.user_id:
            raise NotAuthorized

    def cancel(self, now: datetime) -> None:
        """Let go of the ticket; nothing to do if that happened before."""
        if self.status is OrderStatus.COMPLETE:
            raise OrderComplete
        if self.status is not OrderStatus.CANCELLED:
            self.status = OrderStatus.CANCELLED
            self._record(OrderCancelled, now)

    @property
    def is_open(self) -> bool:
        """Whether it holds its ticket without having been paid."""
        return self.status in HELD

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and now >= self.expires_at

    def expire(self, now: datetime, *, early: bool = False) -> None:
        """End the hold if it is still on; NotYet while its time is not over, unless `early`."""
        if not self.is_open:
            return
        if not early and not self.is_overdue(now):
            raise NotYet(f"order {self.id} holds its ticket until {self.expires_at}")
        self.expired = True
        self.cancel(now)

    def await_payment(self) -> None:
        """The buyer tries to pay; for the buyer to see, no other service needs to know."""
        if self.status is OrderStatus.CREATED:
            self.status = OrderStatus.AWAITING_PAYMENT
            self.change()

    def complete(self, payment_id: str, now: datetime) -> None:
        """Accept the payment; a cancelled order takes its ticket again, if that is still free."""
        self.payment_id, self.status = payment_id, OrderStatus.COMPLETE
        self.expired = False
        self._record(OrderCompleted, now)

    def reject(self, payment_id: str, reason: str, now: datetime) -> None:
        """Have the payment given back: this order has ended and cannot have its ticket again."""
        self.payment_id, self.rejection = payment_id, reason
        event_id = self.change()
        self.events.append(
            PaymentRejected(
                id=event_id,
                occurred_at=now,
                payment_id=payment_id,
                order_id=self.id,
                reason=reason,
            )
        )

    def note_refund(self) -> None:
        """The money went back; for the buyer to see, no other service needs to know."""
        if not self.refunded:
            self.refunded = True
            self.change()

    def _record(self, event: Callable[..., Event], now: datetime) -> None:
        id = self.change()
        self.events.append(event(id=id, occurred_at=now, order=self.state()))

    def state(self) -> OrderState:
        """What events tell of it."""
        ticket = like(OrderedTicket, self.ticket, price=from_cents(self.ticket.price))
        return like(OrderState, self, ticket=ticket)
