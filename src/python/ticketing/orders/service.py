"""The use cases of orders."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zlib import crc32

from ticketing.common.core.aggregate import Versions
from ticketing.common.core.errors import Conflict, Duplicate, NotYet, retry_on_conflict
from ticketing.common.core.events import OrderStatus, PaymentState, TicketState
from ticketing.orders.model import Order, TicketReserved, TooManyHolds
from ticketing.orders.repository import OrderRepository, TicketReplica

SWEEP_AFTER = timedelta(seconds=2)
"""How long after its time the sweep leaves a hold to the timer, which is usually there first."""
SWEEP_BATCH = 100


class Orders:
    """What can be done with orders, by buyers, by the clock and by payments."""

    def __init__(
        self,
        orders: OrderRepository,
        tickets: TicketReplica,
        *,
        hold: timedelta,
        max_holds: int,
        new_id: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._orders, self._tickets = orders, tickets
        self._hold, self._max_holds = hold, max_holds
        self._new_id, self._clock = new_id, clock

    def create(self, *, ticket_id: str, user_id: str, id: str | None = None) -> Order:
        """Under this `id`, if one is given: what an earlier try has made under it is returned."""
        return self._place(id or self._new_id(), ticket_id, user_id)

    @retry_on_conflict
    def _place(self, id: str, ticket_id: str, user_id: str) -> Order:
        made = self._orders.find(id)
        if made is not None:
            return made
        ticket, now = self._tickets.wait_for(ticket_id), self._clock()
        order = Order.place(id=id, user_id=user_id, ticket=ticket, now=now, hold=self._hold)
        order.slot = self._free_slot(order, now)
        self._reserve(order, now)
        return order

    def get(self, order_id: str, *, user_id: str) -> Order:
        order = self._orders.get(order_id)
        order.check_owner(user_id)
        return order

    def of_user(
        self, user_id: str, *, limit: int, after: str | None, newest_first: bool = False
    ) -> list[Order]:
        return self._orders.of_user(user_id, limit=limit, after=after, newest_first=newest_first)

    @retry_on_conflict
    def cancel(self, order_id: str, *, user_id: str, versions: Versions = None) -> None:
        """At one of these versions, if any are given."""
        order = self.get(order_id, user_id=user_id)
        order.check_version(versions)
        order.cancel(self._clock())
        self._orders.save(order)

    @retry_on_conflict
    def expire(self, order_id: str, *, early: bool = False) -> None:
        """End the hold when its time is over, or before, if an operator says so."""
        order = self._orders.get(order_id)
        order.expire(self._clock(), early=early)
        self._orders.save(order)

    def expire_overdue(self) -> None:
        """End the holds that no timer has ended; what another writer just changed can wait."""
        now = self._clock()
        for order in self._orders.overdue(now - SWEEP_AFTER, limit=SWEEP_BATCH):
            order.expire(now)
            try:
                self._orders.save(order)
            except Conflict:
                continue

    @retry_on_conflict
    def await_payment(self, payment: PaymentState) -> None:
        order = self._orders.get(payment.order_id)
        order.await_payment()
        self._orders.save(order)

    @retry_on_conflict
    def settle_payment(self, payment: PaymentState) -> None:
        """Complete the order, even after its hold ended if its ticket is free; else reject."""
        order, now = self._orders.get(payment.order_id), self._clock()
        if order.payment_id == payment.id:
            return
        if order.status is OrderStatus.CANCELLED and self._tickets.is_withdrawn(order.ticket.id):
            self._reject(payment, "The ticket is not for sale any more", now)
            return
        order.complete(payment.id, now)
        try:
            self._reserve(order, now)
        except TicketReserved:
            self._reject(payment, "The ticket went to somebody else", now)

    @retry_on_conflict
    def note_refund(self, payment: PaymentState) -> None:
        """Remember that the money went back; the refund of a payment not yet heard of is NotYet."""
        order = self._orders.get(payment.order_id)
        if order.payment_id != payment.id:
            raise NotYet(f"payment {payment.id} of order {order.id} is not known yet")
        order.note_refund()
        self._orders.save(order)

    def follow_ticket(self, ticket: TicketState) -> None:
        self._tickets.apply(ticket)

    def _free_slot(self, order: Order, now: datetime) -> int:
        """For one more hold of the buyer, after ending those that are overdue. Which it is follows
        from the id: of orders that are placed at once, each tries another.
        """
        held = self._orders.held_by(order.user_id)
        if len(held) >= self._max_holds:
            held = self._without_overdue(held, now)
        if len(held) >= self._max_holds:
            raise TooManyHolds(max_open_holds=self._max_holds)
        taken = {hold.slot for hold in held}
        free = [slot for slot in range(self._max_holds) if slot not in taken]
        return free[crc32(order.id.encode()) % len(free)]

    def _without_overdue(self, held: list[Order], now: datetime) -> list[Order]:
        overdue = [order for order in held if order.is_overdue(now)]
        for order in overdue:
            order.expire(now)
            self._orders.save(order)
        return [order for order in held if order.is_open]

    def _reserve(self, order: Order, now: datetime) -> None:
        """Save an order that holds its ticket, after ending an overdue hold in its way."""
        try:
            self._orders.save(order)
        except Duplicate:
            self._end_overdue_hold(order, now)
            self._orders.save(order)

    def _end_overdue_hold(self, order: Order, now: datetime) -> None:
        holder = self._orders.holding(order.ticket.id)
        if holder is None or holder.id == order.id:
            return  # it let go, or is this very order, stored by a try that heard no answer
        if not holder.is_overdue(now):
            raise TicketReserved
        holder.expire(now)
        self._orders.save(holder)

    def _reject(self, payment: PaymentState, reason: str, now: datetime) -> None:
        order = self._orders.get(payment.order_id)
        if order.payment_id == payment.id:
            return  # another worker settled it meanwhile, perhaps by completing the order
        order.reject(payment.id, reason, now)
        self._orders.save(order)
