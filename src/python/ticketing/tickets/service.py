"""The use cases of tickets."""

from collections.abc import Callable
from datetime import datetime

from ticketing.common.conflicts import retry_on_conflict
from ticketing.common.events import OrderState
from ticketing.tickets.model import Ticket
from ticketing.tickets.repository import OrderReplica
from ticketing.tickets.repository import TicketRepository


class Tickets:
    """What can be done with tickets, by people and by orders."""

    def __init__(
        self,
        tickets: TicketRepository,
        orders: OrderReplica,
        *,
        new_id: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._tickets, self._orders = tickets, orders
        self._new_id, self._clock = new_id, clock

    def create(self, *, title: str, price: int, user_id: str) -> Ticket:
        ticket = Ticket.put_on_sale(
            id=self._new_id(), title=title, price=price, user_id=user_id, now=self._clock()
        )
        self._tickets.save(ticket)
        return ticket

    @retry_on_conflict
    def edit(self, ticket_id: str, *, title: str, price: int, user_id: str) -> Ticket:
        ticket = self._tickets.get(ticket_id)
        ticket.edit(title=title, price=price, user_id=user_id, now=self._clock())
        self._tickets.save(ticket)
        return ticket

    def get(self, ticket_id: str) -> Ticket:
        return self._tickets.get(ticket_id)

    def on_sale(self, *, limit: int, before: str | None) -> list[Ticket]:
        return self._tickets.on_sale(limit=limit, before=before)

    def follow(self, order: OrderState) -> None:
        """Make the ticket agree with the newest that is known of this order.

        What is known is written first and read again last: of two workers that follow the same
        order at once, the one that settles last has seen the newest, so an order that has ended
        never holds its ticket, in whatever order the news came.
        """
        self._orders.apply(order)
        while self._settle(order) != self._orders.holds(order.id):
            continue

    @retry_on_conflict
    def _settle(self, order: OrderState) -> bool:
        holds, now = self._orders.holds(order.id), self._clock()
        ticket = self._tickets.get(order.ticket.id)
        if holds:
            ticket.reserve(order.id, now)
        else:
            ticket.release(order.id, now)
        self._tickets.save(ticket)
        return holds
