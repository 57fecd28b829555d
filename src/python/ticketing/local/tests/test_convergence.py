"""The five rules under any interleaving of people, clock, repeats, reorderings, lost answers."""

from typing import Any
from typing import TypeVar

import hypothesis.strategies as st
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings

from ticketing.local.tests.invariants import check_always
from ticketing.local.tests.invariants import check_at_rest
from ticketing.local.tests.world import CHALLENGED
from ticketing.local.tests.world import DECLINED
from ticketing.local.tests.world import GOOD
from ticketing.local.tests.world import World

T = TypeVar("T")

SELLER = "sam"
BUYERS = ("anna", "ben")
CARDS = (GOOD, GOOD, GOOD, CHALLENGED, DECLINED)


class Marketplace:
    """What can happen next; each method takes a number that makes its choices."""

    def __init__(self) -> None:
        self.world = World()
        for title in ("Concert", "Opera"):
            self.world.tickets.use_cases.create(title=title, price=2050, user_id=SELLER)
        self.world.flow()

    def edit(self, number: int) -> None:
        ticket = _choose(self._all(self.world.tickets, "tickets"), number)
        change = {"title": "Ballet", "price": 100 + number, "user_id": SELLER}
        self.world.try_to(lambda: self.world.tickets.use_cases.edit(ticket["_id"], **change))

    def withdraw(self, number: int) -> None:
        ticket = _choose(self._all(self.world.tickets, "tickets"), number)
        withdraw = self.world.tickets.use_cases.withdraw
        self.world.try_to(lambda: withdraw(ticket["_id"], user_id=SELLER))

    def relist(self, number: int) -> None:
        ticket = _choose(self._all(self.world.tickets, "tickets"), number)
        relist = self.world.tickets.use_cases.relist
        self.world.try_to(lambda: relist(ticket["_id"], user_id=SELLER))

    def order(self, number: int) -> None:
        ticket = _choose(self._all(self.world.orders, "tickets"), number)
        wish = {"ticket_id": ticket["_id"], "user_id": _choose(BUYERS, number // 2)}
        before = self._all(self.world.orders, "orders")
        self.world.try_to(lambda: self.world.orders.use_cases.create(**wish))
        if ticket["withdrawn"]:
            assert self._all(self.world.orders, "orders") == before, "ordered though withdrawn"

    def cancel(self, number: int) -> None:
        if orders := self._all(self.world.orders, "orders"):
            order = _recent(orders, number)
            cancel = self.world.orders.use_cases.cancel
            self.world.try_to(lambda: cancel(order["_id"], user_id=order["userId"]))

    def pay(self, number: int) -> None:
        """Pay an order that payments know of; at times the bank's next answer gets lost."""
        if known := self._all(self.world.payments, "orders"):
            order = _recent(known, number)
            card = {"token": _choose(CARDS, number // 3), "user_id": order["userId"]}
            self.world.bank.mute = number % 4 == 0
            pay = self.world.payments.use_cases.pay
            self.world.try_to(lambda: pay(order_id=order["_id"], **card))
            self.world.bank.mute = False

    def authenticate(self, number: int) -> None:
        if intents := list(self.world.bank.accounts):
            self.world.bank.authenticate(_recent(intents, number))

    def wait(self, number: int) -> None:
        self.world.clock.advance(number % 40)

    def outlast_holds(self, _: int) -> None:
        self.world.clock.advance(70)
        self.world.orders.use_cases.expire_overdue()

    def settle_doubts(self, _: int) -> None:
        self.world.payments.use_cases.settle_doubts()

    def flow(self, _: int) -> None:
        self.world.flow()

    def relay(self, number: int) -> None:
        """One service's relay runs; at times it dies before it has cleared the outbox."""
        self.world.relay(_choose(self.world.services, number), clear=number % 4 != 0)

    def deliver(self, number: int) -> None:
        """Any message arrives; at times its acknowledgement gets lost."""
        if self.world.on_the_way:
            self.world.deliver(number, again=number % 5 == 0)

    def repeat(self, number: int) -> None:
        self.world.repeat(number)

    def _all(self, service: Any, name: str) -> list[Any]:
        return list(self.world.all(service, name))


LIKELIHOOD = {
    Marketplace.edit: 1,
    Marketplace.withdraw: 2,
    Marketplace.relist: 2,
    Marketplace.order: 4,
    Marketplace.cancel: 1,
    Marketplace.pay: 4,
    Marketplace.authenticate: 1,
    Marketplace.wait: 1,
    Marketplace.outlast_holds: 2,
    Marketplace.settle_doubts: 1,
    Marketplace.flow: 2,
    Marketplace.relay: 3,
    Marketplace.deliver: 6,
    Marketplace.repeat: 1,
}
STEPS = st.tuples(
    st.sampled_from([act for act, times in LIKELIHOOD.items() for _ in range(times)]),
    st.integers(0, 1000),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=40, max_size=120))
def test_the_five_rules_hold_whatever_happens(steps: list[tuple[Any, int]]) -> None:
    marketplace = Marketplace()
    for act, number in steps:
        act(marketplace, number)
        check_always(marketplace.world)
    marketplace.world.come_to_rest()
    check_at_rest(marketplace.world)


def _choose(things: Any, number: int) -> Any:
    return things[number % len(things)]


def _recent(things: list[T], number: int) -> T:
    """One of the latest two."""
    return things[-1 - number % min(2, len(things))]
