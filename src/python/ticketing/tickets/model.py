"""A ticket: put on sale by its seller, reserved by one order at a time."""

from dataclasses import dataclass
from datetime import datetime

from ticketing.common.aggregate import Aggregate
from ticketing.common.errors import NotAuthorized
from ticketing.common.errors import NotYet
from ticketing.common.errors import Refused
from ticketing.common.events import TicketCreated
from ticketing.common.events import TicketState
from ticketing.common.events import TicketUpdated
from ticketing.common.money import from_cents


@dataclass(kw_only=True)
class Ticket(Aggregate):
    """`price` is in cents; `order_id` is the order that holds or bought it, None while on sale."""

    title: str
    price: int
    user_id: str
    order_id: str | None = None

    @classmethod
    def put_on_sale(
        cls, *, id: str, title: str, price: int, user_id: str, now: datetime
    ) -> "Ticket":
        ticket = cls(id=id, title=title, price=price, user_id=user_id)
        ticket._record(TicketCreated, now)
        return ticket

    def edit(self, *, title: str, price: int, user_id: str, now: datetime) -> None:
        if user_id != self.user_id:
            raise NotAuthorized
        if self.order_id is not None:
            raise Refused("You cannot edit a reserved ticket")
        self.title, self.price = title, price
        self._record(TicketUpdated, now)

    def reserve(self, order_id: str, now: datetime) -> None:
        """Hold the ticket for this order; NotYet while the order before it has not let go."""
        if self.order_id == order_id:
            return
        if self.order_id is not None:
            raise NotYet(f"ticket {self.id} is still held by order {self.order_id}")
        self.order_id = order_id
        self._record(TicketUpdated, now)

    def release(self, order_id: str, now: datetime) -> None:
        """Let go of the ticket, if it is this order that holds it."""
        if self.order_id == order_id:
            self.order_id = None
            self._record(TicketUpdated, now)

    def _record(self, event: type[TicketCreated] | type[TicketUpdated], now: datetime) -> None:
        id = self.change()
        self.events.append(event(id=id, occurred_at=now, ticket=self._state()))

    def _state(self) -> TicketState:
        return TicketState(
            id=self.id,
            title=self.title,
            price=from_cents(self.price),
            user_id=self.user_id,
            version=self.version,
            order_id=self.order_id,
        )
