"""The five rules under any interleaving of people, clock, repeats, reorderings, lost answers."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import invariant
from hypothesis.stateful import precondition
from hypothesis.stateful import rule

from ticketing.local.tests.invariants import check_always
from ticketing.local.tests.invariants import check_at_rest
from ticketing.local.tests.world import CHALLENGED
from ticketing.local.tests.world import DECLINED
from ticketing.local.tests.world import GOOD
from ticketing.local.tests.world import World

NUMBER = st.integers(0, 1000)
BUYERS = st.sampled_from(["anna", "ben"])
CARDS = st.sampled_from([GOOD, GOOD, CHALLENGED, DECLINED])


class Marketplace(RuleBasedStateMachine):
    """Buyers and sellers at work while the platform's parts lag, repeat and die."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        for title in ("Concert", "Opera"):
            self.world.tickets.use_cases.create(title=title, price=2050, user_id="sam")

    @rule(number=NUMBER, price=st.integers(50, 5000))
    def edit(self, number: int, price: int) -> None:
        tickets = self.world.tickets.use_cases
        ids = _ids(self.world, self.world.tickets, "tickets")
        change = {"title": "Ballet", "price": price, "user_id": "sam"}
        self.world.try_to(lambda: tickets.edit(_pick(ids, number), **change))

    @rule(number=NUMBER, buyer=BUYERS)
    def order(self, number: int, buyer: str) -> None:
        known = _ids(self.world, self.world.orders, "tickets")
        if known:
            ticket_id = _pick(known, number)
            create = self.world.orders.use_cases.create
            self.world.try_to(lambda: create(ticket_id=ticket_id, user_id=buyer))

    @rule(number=NUMBER)
    def cancel(self, number: int) -> None:
        orders = list(self.world.all(self.world.orders, "orders"))
        if orders:
            order = orders[number % len(orders)]
            cancel = self.world.orders.use_cases.cancel
            self.world.try_to(lambda: cancel(order["_id"], user_id=order["userId"]))

    @rule(number=NUMBER, card=CARDS, mute=st.booleans())
    def pay(self, number: int, card: str, mute: bool) -> None:
        known = list(self.world.all(self.world.payments, "orders"))
        if known:
            order = known[number % len(known)]
            arguments = {"order_id": order["_id"], "token": card, "user_id": order["userId"]}
            self.world.bank.mute = mute
            self.world.try_to(lambda: self.world.payments.use_cases.pay(**arguments))
            self.world.bank.mute = False

    @rule(number=NUMBER)
    def authenticate(self, number: int) -> None:
        if self.world.bank.accounts:
            self.world.bank.authenticate(_pick(list(self.world.bank.accounts), number))

    @rule(seconds=st.sampled_from([1, 30, 70]))
    def wait(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    @rule()
    def sweep(self) -> None:
        self.world.orders.use_cases.expire_overdue()
        self.world.payments.use_cases.settle_doubts()

    @rule(number=NUMBER, clear=st.booleans())
    def relay(self, number: int, clear: bool) -> None:
        self.world.relay(self.world.services[number % 3], clear=clear)

    @precondition(lambda self: self.world.sent)
    @rule(numbers=st.lists(NUMBER, min_size=1, max_size=3))
    def repeat(self, numbers: list[int]) -> None:
        for number in numbers:
            self.world.repeat(number)

    @precondition(lambda self: self.world.on_the_way)
    @rule(numbers=st.lists(st.tuples(NUMBER, st.booleans()), min_size=1, max_size=6))
    def deliver(self, numbers: list[tuple[int, bool]]) -> None:
        for number, again in numbers:
            if self.world.on_the_way:
                self.world.deliver(number, again=again)

    @invariant()
    def the_rules_hold(self) -> None:
        check_always(self.world)

    def teardown(self) -> None:
        self.world.come_to_rest()
        check_at_rest(self.world)


def _ids(world: World, service: Any, name: str) -> list[str]:
    return [document["_id"] for document in world.all(service, name)]


def _pick(ids: list[str], number: int) -> str:
    return ids[number % len(ids)]


TestMarketplace = Marketplace.TestCase
TestMarketplace.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
