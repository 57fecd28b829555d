"""A ticket: put on sale by its seller, reserved by one order at a time, sold once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from ticketing.common.core.aggregate import Aggregate, Versions
from ticketing.common.core.errors import NotAuthorized, NotYet, Refused
from ticketing.common.core.event import Event
from ticketing.common.core.events import OrderStatus, TicketCreated, TicketState, TicketUpdated
from ticketing.common.core.fields import like
from ticketing.common.core.money import from_cents


class TicketHeld(Refused):
    """An order holds it, or has bought it: its seller cannot `verb` it."""

    def __init__(self, *, verb: str) -> None:
        super().__init__(f"You cannot {verb} a reserved ticket")


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order on a ticket as last told of, which happened `at` that time; `price` is in cents."""

    id: str
    status: OrderStatus
    expires_at: datetime
    price: int
    at: datetime


class Description(TypedDict):
    """What its seller says of a ticket: fields of it that an edit gives anew."""

    title: str
    price: int


@dataclass(kw_only=True)
class Ticket(Aggregate):
    """`price` is in cents; `order_id` is the order that holds or bought it, None while free.

    `withdrawn` is the seller's word and outlasts an order that was quicker; `sold_for` is what was
    paid, in cents.
    """

    title: str
    price: int
    user_id: str
    order_id: str | None = None
    withdrawn: bool = False
    held_until: datetime | None = None
    sold_at: datetime | None = None
    sold_for: int | None = None

    @classmethod
    def put_on_sale(
        cls, *, id: str, user_id: str, now: datetime, **described: Unpack[Description]
    ) -> "Ticket":
        ticket = cls(id=id, user_id=user_id, **described)
        ticket._record(TicketCreated, now)
        return ticket

    @property
    def on_sale(self) -> bool:
        return self.order_id is None and not self.withdrawn

    def edit(
        self,
        *,
        user_id: str,
        now: datetime,
        versions: Versions = None,
        **described: Unpack[Description],
    ) -> None:
        self._check_free("edit", user_id, versions)
        for name, value in described.items():
            setattr(self, name, value)
        self._record(TicketUpdated, now)

    def withdraw(self, *, user_id: str, now: datetime, versions: Versions = None) -> None:
        """Take the ticket off sale; nothing to do if that happened before."""
        self._check_free("withdraw", user_id, versions)
        self._set_withdrawn(True, now)

    def relist(self, *, user_id: str, now: datetime, versions: Versions = None) -> None:
        """Put a withdrawn ticket on sale again; nothing to do if it is."""
        self._check_free("relist", user_id, versions)
        self._set_withdrawn(False, now)

    def follow(self, order: Order, now: datetime) -> None:
        """Agree with this order; NotYet while the order before it has not let go."""
        match order.status:
            case OrderStatus.CANCELLED:
                self._release(order, now)
            case OrderStatus.COMPLETE:
                self._sell(order, now)
            case _:
                self._reserve(order, now)

    def _reserve(self, order: Order, now: datetime) -> None:
        if self.order_id != order.id:
            self._give_to(order)
            self.held_until = order.expires_at
            self._record(TicketUpdated, now)

    def _sell(self, order: Order, now: datetime) -> None:
        if (self.order_id, self.sold_at) != (order.id, order.at):
            self._give_to(order)
            self.held_until, self.sold_at, self.sold_for = None, order.at, order.price
            self._record(TicketUpdated, now)

    def _release(self, order: Order, now: datetime) -> None:
        """Only the order that holds the ticket can let go of it, and a sale is for good."""
        if self.order_id == order.id and self.sold_at is None:
            self.order_id = self.held_until = None
            self._record(TicketUpdated, now)

    def _give_to(self, order: Order) -> None:
        if self.order_id not in (None, order.id):
            raise NotYet(f"ticket {self.id} is still held by order {self.order_id}")
        self.order_id = order.id

    def _check_free(self, verb: str, user_id: str, versions: Versions) -> None:
        if user_id != self.user_id:
            raise NotAuthorized
        self.check_version(versions)
        if self.order_id is not None:
            raise TicketHeld(verb=verb)

    def _set_withdrawn(self, withdrawn: bool, now: datetime) -> None:
        if self.withdrawn != withdrawn:
            self.withdrawn = withdrawn
            self._record(TicketUpdated, now)

    def _record(self, event: Callable[..., Event], now: datetime) -> None:
        id = self.change()
        self.events.append(event(id=id, occurred_at=now, ticket=self.state()))

    def state(self) -> TicketState:
        """What events tell of it."""
        sold_for = None if self.sold_for is None else from_cents(self.sold_for)
        return like(TicketState, self, price=from_cents(self.price), sold_for=sold_for)
