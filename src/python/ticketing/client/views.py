"""What the API shows of tickets, orders and sales, and how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

from ticketing.common.core.events import OrderStatus

T = TypeVar("T")

LATE = timedelta(minutes=5)
"""How long after its time the money for an order is waited for by a page."""


class View(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the API shows of a thing; prices are in dollars, exact to the cent."""


class User(View, frozen=True):
    id: str
    email: str


class OrderedTicket(View, frozen=True, kw_only=True):
    """A ticket as orders show it, which is what every view of one has."""

    id: str
    title: str
    price: Decimal


class Ticket(OrderedTicket, frozen=True, kw_only=True):
    user_id: str
    version: int
    order_id: str | None = None
    withdrawn: bool = False
    held_until: datetime | None = None
    sold_at: datetime | None = None
    sold_for: Decimal | None = None

    @property
    def state(self) -> str:
        """`on-sale`, `held`, `sold` or `withdrawn`."""
        if self.order_id is not None:
            return "sold" if self.sold_at else "held"
        return "withdrawn" if self.withdrawn else "on-sale"


class Order(View, frozen=True):
    id: str
    status: OrderStatus
    created_at: datetime
    expires_at: datetime
    version: int
    ticket: OrderedTicket
    expired: bool = False
    refunded: bool = False
    refund_reason: str | None = None

    @property
    def state(self) -> str:
        """`created`, `awaiting`, `complete`, `expired`, `cancelled` or `refunded`."""
        match self.status:
            case OrderStatus.CREATED:
                return "created"
            case OrderStatus.AWAITING_PAYMENT:
                return "awaiting"
            case OrderStatus.COMPLETE:
                return "complete"
        if self.refunded:
            return "refunded"
        return "expired" if self.expired else "cancelled"

    @property
    def is_payable(self) -> bool:
        """Whether the buyer can pay it or let it go."""
        return self.state in ("created", "awaiting")

    def can_change(self, now: datetime) -> bool:
        """Whether a page should watch it: for a while, late money changes one that has ended."""
        is_young = now < self.expires_at + LATE
        return self.is_payable or (is_young and self.state in ("expired", "cancelled"))


class Sales(View, frozen=True):
    """What a seller sold on one day, by UTC."""

    day: date
    tickets: int
    amount: Decimal


class CurrentUser(View, frozen=True):
    """Who is signed in, if anybody is."""

    current_user: User | None


@dataclass(frozen=True)
class Listing(Generic[T]):
    """One page of a list; `next` is the cursor of the page after it."""

    items: Sequence[T]
    next: str | None
