"""The five rules under any interleaving of people, clock and crashes, repeats and reorderings.

A walk through the real use cases: at every step somebody acts, by a process that may be killed
before any of its operations on a database, the bus or the bank, or that may be overtaken there by
another process. The rules are checked after every step, and once all has come to rest.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ticketing.common.storage.mongo import new_id
from ticketing.local.tests.bank import CHALLENGED, DECLINED, GOOD
from ticketing.local.tests.fate import die
from ticketing.local.tests.invariants import check_always, check_at_rest
from ticketing.local.tests.world import World

T = TypeVar("T")

SELLER = "sam"
BUYERS = ("anna", "ben")
CARDS = (GOOD, GOOD, GOOD, CHALLENGED, DECLINED)


class Marketplace:
    """What can happen next; each method takes a number that makes its choices."""

    def __init__(self) -> None:
        self.world = World()
        self.wishes: list[dict[str, str]] = []
        for title in ("Concert", "Opera", "Match"):
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
        buyer = _choose(BUYERS, number // 2)
        wish = {"ticket_id": ticket["_id"], "user_id": buyer, "id": new_id()}
        self.wishes.append(wish)
        before, alone = self._all(self.world.orders, "orders"), self.world.fate.rests
        self.world.try_to(lambda: self.world.orders.use_cases.create(**wish))
        if ticket["withdrawn"] and alone:
            assert self._all(self.world.orders, "orders") == before, "ordered though withdrawn"

    def order_again(self, number: int) -> None:
        """A buyer who got no answer, or lost it, sends the same request with the same key."""
        if self.wishes:
            wish = _recent(self.wishes, number)
            self.world.try_to(lambda: self.world.orders.use_cases.create(**wish))

    def check_wishes(self) -> None:
        """However often it is sent, a request makes one order at the most."""
        orders = {order["_id"] for order in self._all(self.world.orders, "orders")}
        assert orders <= {wish["id"] for wish in self.wishes}, "one request made two orders"

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

    def webhook(self, number: int) -> None:
        """Stripe tells of something that happened, at any time after it."""
        if news := self.world.bank.news:
            hear = self.world.payments.use_cases.hear
            self.world.try_to(lambda: hear(_choose(news, number)))

    def wait(self, number: int) -> None:
        self.world.clock.advance(number % 40)

    def outlast_holds(self, _: int) -> None:
        self.world.clock.advance(70)
        self.world.try_to(self.world.orders.use_cases.expire_overdue)

    def forget_timers(self, _: int) -> None:
        self.world.forget_timers()

    def settle_doubts(self, _: int) -> None:
        self.world.try_to(self.world.payments.use_cases.settle_doubts)

    def flow(self, _: int) -> None:
        self.world.try_to(self.world.flow)

    def relay(self, number: int) -> None:
        """One service's relay runs, of those that follow what happens here."""
        following = [service for service in self.world.services if service.events]
        self.world.try_to(lambda: self.world.relay(_choose(following, number)))

    def deliver(self, number: int) -> None:
        """Any message arrives; at times its acknowledgement gets lost."""
        self.world.try_to(lambda: self.world.deliver(number, again=number % 5 == 0))

    def repeat(self, number: int) -> None:
        if self.world.sent:
            self.world.repeat(number)

    def _all(self, service: Any, name: str) -> list[Any]:
        return self.world.all(service, name)


LIKELIHOOD = {
    Marketplace.edit: 1,
    Marketplace.withdraw: 2,
    Marketplace.relist: 2,
    Marketplace.order: 4,
    Marketplace.order_again: 1,
    Marketplace.cancel: 1,
    Marketplace.pay: 4,
    Marketplace.authenticate: 1,
    Marketplace.webhook: 2,
    Marketplace.wait: 1,
    Marketplace.outlast_holds: 2,
    Marketplace.forget_timers: 1,
    Marketplace.settle_doubts: 1,
    Marketplace.flow: 2,
    Marketplace.relay: 3,
    Marketplace.deliver: 6,
    Marketplace.repeat: 1,
}
ACTS = st.sampled_from([act for act, times in LIKELIHOOD.items() for _ in range(times)])
NUMBERS = st.integers(0, 1000)
OPERATIONS = st.integers(1, 8)
"""Which operation of an act something happens before; few acts have more."""

Act = Callable[[Marketplace, int], None]


class Walk(RuleBasedStateMachine):
    """Steps that hypothesis chooses, and shrinks where the rules break."""

    def __init__(self) -> None:
        super().__init__()
        self.marketplace = Marketplace()
        self.world = self.marketplace.world
        self.broken: AssertionError | None = None

    @rule(act=ACTS, number=NUMBERS)
    def nothing_goes_wrong(self, act: Act, number: int) -> None:
        act(self.marketplace, number)

    @rule(act=ACTS, number=NUMBERS, n=OPERATIONS)
    def the_process_dies(self, act: Act, number: int, n: int) -> None:
        self.world.fate.strike(n, die)
        act(self.marketplace, number)
        self.world.fate.rest()

    @rule(act=ACTS, number=NUMBERS, n=OPERATIONS, other=ACTS, others_number=NUMBERS)
    def another_overtakes(
        self, act: Act, number: int, n: int, other: Act, others_number: int
    ) -> None:
        self.world.fate.strike(n, lambda: self._note(other, others_number))
        act(self.marketplace, number)
        self.world.fate.rest()

    def _note(self, act: Act, number: int) -> None:
        try:
            act(self.marketplace, number)
        except AssertionError as broken:  # which the one overtaken would take for a failure
            self.broken = broken

    @invariant()
    def the_rules_hold(self) -> None:
        if self.broken:
            raise self.broken
        check_always(self.world)
        self.marketplace.check_wishes()

    def teardown(self) -> None:
        self.world.come_to_rest()
        check_at_rest(self.world)


TestTheFiveRules = Walk.TestCase
TestTheFiveRules.settings = settings(
    max_examples=60,
    stateful_step_count=80,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _choose(things: Any, number: int) -> Any:
    return things[number % len(things)]


def _recent(things: list[T], number: int) -> T:
    """One of the latest two."""
    return things[-1 - number % min(2, len(things))]
