"""The use cases of tickets."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Unpack

from ticketing.common.core.aggregate import Versions
from ticketing.common.core.errors import Duplicate, retry_on_conflict
from ticketing.common.core.events import OrderState
from ticketing.tickets.model import Description, Order, Ticket
from ticketing.tickets.repository import OrderReplica, TicketRepository
from ticketing.tickets.sales import SalesOfDay, by_day
from ticketing.tickets.search import Search


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

    def create(
        self, *, user_id: str, id: str | None = None, **described: Unpack[Description]
    ) -> Ticket:
        """Under this `id`, if one is given: what an earlier try has made under it is returned."""
        id = id or self._new_id()
        ticket = Ticket.put_on_sale(id=id, user_id=user_id, now=self._clock(), **described)
        try:
            self._tickets.save(ticket)
        except Duplicate:  # only the id is unique, and it is nobody else's
            return self._tickets.get(ticket.id)
        return ticket

    @retry_on_conflict
    def edit(
        self,
        ticket_id: str,
        *,
        user_id: str,
        versions: Versions = None,
        **described: Unpack[Description],
    ) -> Ticket:
        ticket = self._tickets.get(ticket_id)
        ticket.edit(user_id=user_id, now=self._clock(), versions=versions, **described)
        self._tickets.save(ticket)
        return ticket

    @retry_on_conflict
    def withdraw(self, ticket_id: str, *, user_id: str, versions: Versions = None) -> Ticket:
        ticket = self._tickets.get(ticket_id)
        ticket.withdraw(user_id=user_id, now=self._clock(), versions=versions)
        self._tickets.save(ticket)
        return ticket

    @retry_on_conflict
    def relist(self, ticket_id: str, *, user_id: str, versions: Versions = None) -> Ticket:
        ticket = self._tickets.get(ticket_id)
        ticket.relist(user_id=user_id, now=self._clock(), versions=versions)
        self._tickets.save(ticket)
        return ticket

    def get(self, ticket_id: str) -> Ticket:
        return self._tickets.get(ticket_id)

    def on_sale(self, search: Search, *, limit: int) -> list[Ticket]:
        return self._tickets.on_sale(search, limit=limit)

    def of_seller(
        self, user_id: str, *, limit: int, after: str | None, newest_first: bool = True
    ) -> list[Ticket]:
        return self._tickets.of_seller(user_id, limit=limit, after=after, newest_first=newest_first)

    def sales(self, user_id: str, *, days: int) -> list[SalesOfDay]:
        """The user's sales of the latest `days` UTC days, of which today is one."""
        today = self._clock().replace(hour=0, minute=0, second=0, microsecond=0)
        return by_day(self._tickets.sales(user_id, since=today - timedelta(days=days - 1)))

    def note_order(self, order: OrderState, at: datetime) -> None:
        """Keep what is known of this order, told of `at` then; the ticket stays as it is."""
        self._orders.apply(order, at)

    def settle(self, order: OrderState) -> None:
        """Make the ticket agree with the newest that is known of this order, once that is noted.

        What is known is written before and read again last: of two workers that follow the same
        order at once, the one that settles last has seen the newest, so an order that has ended
        never holds its ticket, in whatever order the news came.
        """
        while self._settle(order) != self._orders.get(order.id):
            continue

    @retry_on_conflict
    def _settle(self, order: OrderState) -> Order:
        newest = self._orders.get(order.id)
        ticket = self._tickets.get(order.ticket.id)
        ticket.follow(newest, self._clock())
        self._tickets.save(ticket)
        return newest
