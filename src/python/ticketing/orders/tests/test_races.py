"""Orders under interleaving: a ticket has one active order and is sold once, whoever is first."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.errors import Failure, Refused
from ticketing.common.runtime.service import Service
from ticketing.common.testing.services import (
    ENV,
    Interrupted,
    TurnedClock,
    deliver,
    deliver_all,
    memory_database,
    take_events,
)
from ticketing.orders.main import build
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import (
    TICKET,
    expired,
    paid,
    refunded,
    started,
    ticket_created,
    ticket_updated,
)

MOMENTS = range(1, 9)


@dataclass
class Platform:
    """A database with one ticket, its clock, and all that was told of its orders."""

    database: Any = field(default_factory=memory_database)
    clock: TurnedClock = field(default_factory=TurnedClock)
    told: list[Any] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    paid: set[str] = field(default_factory=set)
    ticket_version: int = 0

    def __post_init__(self) -> None:
        self.service.prepare()
        deliver(self.service, ticket_created())

    @property
    def service(self) -> Service[Orders]:
        return build(ENV, self.database, self.clock)

    def interrupted(self, n: int, step: Callable[[], object]) -> Service[Orders]:
        """The service of a process that loses the processor before its n-th operation."""
        meanwhile: Any = Interrupted(self.database, n, step)
        return build(ENV, meanwhile, self.clock)

    def place(self, service: Service[Orders] | None = None) -> str | None:
        """The id of a new order of a buyer of its own; None if it was refused."""
        buyer = f"buyer-{len(self.placed)}"
        orders = (service or self.service).use_cases
        try:
            order_id = orders.create(ticket_id=TICKET, user_id=buyer).id
        except Failure:
            return None
        self.placed.append(order_id)
        return order_id

    def cancel(self, order_id: str) -> None:
        try:
            order = self.database["orders"].find_one({"_id": order_id})
            self.service.use_cases.cancel(order_id, user_id=order["userId"])
        except Refused:
            return

    def pay(self, order_id: str) -> None:
        self.paid.add(order_id)
        deliver(self.service, paid(order_id))

    def withdraw_or_relist(self) -> None:
        self.ticket_version += 1
        withdrawn = self.ticket_version % 2 == 1
        deliver(self.service, ticket_updated(self.ticket_version, withdrawn=withdrawn))

    def check(self) -> None:
        """What holds at every moment."""
        active = list(self.database["orders"].find({"status": {"$ne": "cancelled"}}))
        assert len(active) <= 1
        self.told += take_events(self.service)
        completed = [event for event in self.told if event["subject"] == "order.completed"]
        assert len(completed) <= 1
        assert all(order.get("reserves") == TICKET for order in active)

    def check_money(self) -> None:
        """What holds when all news has arrived: money bought a ticket or is told to go back."""
        for order_id in self.paid:
            [order] = self.database["orders"].find({"_id": order_id})
            rejections = [
                event
                for event in self.told
                if event["subject"] == "payment.rejected" and event["orderId"] == order_id
            ]
            assert len(rejections) == (0 if order["status"] == "complete" else 1)


@pytest.fixture()
def platform() -> Platform:
    return Platform()


@pytest.mark.parametrize("moment", MOMENTS)
def test_of_two_orders_at_once_one_holds_the_ticket(platform: Platform, moment: int) -> None:
    first = platform.place(platform.interrupted(moment, platform.place))
    platform.check()
    assert len(platform.placed) == 1
    assert first is None or moment > 3


def test_of_many_orders_at_once_one_holds_the_ticket(platform: Platform) -> None:
    threads = [threading.Thread(target=platform.place) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    platform.check()
    assert len(platform.placed) == 1


@pytest.mark.parametrize("moment", MOMENTS)
def test_of_two_orders_after_an_overdue_one_one_holds_the_ticket(
    platform: Platform, moment: int
) -> None:
    platform.place()
    platform.clock.advance(60)
    platform.place(platform.interrupted(moment, platform.place))
    platform.check()
    assert len(platform.placed) == 2


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_order_that_is_paid_while_it_is_cancelled_loses_no_money(
    platform: Platform, moment: int
) -> None:
    order_id = platform.place() or ""
    service = platform.interrupted(moment, lambda: platform.pay(order_id))
    try:
        service.use_cases.cancel(order_id, user_id="buyer-0")
    except Refused:
        assert moment <= 2
    platform.pay(order_id)
    platform.check()
    platform.check_money()
    [order] = platform.database["orders"].find()
    assert order["status"] == "complete"


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_order_that_is_paid_while_its_hold_ends_is_complete(
    platform: Platform, moment: int
) -> None:
    order_id = platform.place() or ""
    platform.clock.advance(62)
    service = platform.interrupted(moment, lambda: platform.pay(order_id))
    service.chores[0].run()
    platform.pay(order_id)
    platform.check()
    platform.check_money()
    [order] = platform.database["orders"].find()
    assert order["status"] == "complete"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_late_payment_while_another_orders_wins_or_is_rejected(
    platform: Platform, moment: int
) -> None:
    order_id = platform.place() or ""
    platform.cancel(order_id)
    service = platform.interrupted(moment, platform.place)
    deliver_all(service, [paid(order_id)])
    platform.paid.add(order_id)
    platform.check()
    platform.check_money()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_payment_told_twice_at_once_is_settled_once(platform: Platform, moment: int) -> None:
    order_id = platform.place() or ""
    platform.cancel(order_id)
    platform.place()
    service = platform.interrupted(moment, lambda: platform.pay(order_id))
    deliver_all(service, [paid(order_id)])
    platform.paid.add(order_id)
    platform.check()
    platform.check_money()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_payment_that_another_worker_accepts_is_not_rejected_too(
    platform: Platform, moment: int
) -> None:
    order_id = platform.place() or ""
    platform.cancel(order_id)
    rivals = platform.place() or ""

    def step() -> None:
        platform.cancel(rivals)
        platform.pay(order_id)

    deliver_all(platform.interrupted(moment, step), [paid(order_id)])
    platform.paid.add(order_id)
    platform.check()
    platform.check_money()


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_overdue_order_that_is_paid_while_another_wants_its_ticket_loses_no_money(
    platform: Platform, moment: int
) -> None:
    order_id = platform.place() or ""
    platform.clock.advance(60)
    platform.place(platform.interrupted(moment, lambda: platform.pay(order_id)))
    platform.pay(order_id)
    platform.check()
    platform.check_money()


STEPS = ["place", "cancel", "start", "pay", "expire", "refund", "sweep", "wait", "withdraw"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), max_size=25))
def test_whatever_happens_one_order_has_the_ticket_and_no_money_is_lost(
    steps: list[tuple[str, int]],
) -> None:
    platform = Platform()
    for step, which in [("place", 0), *steps]:
        _take(platform, step, platform.placed and platform.placed[which % len(platform.placed)])
        platform.check()
    platform.clock.advance(3600)
    deliver_all(platform.service, [expired(id) for id in platform.placed])
    deliver_all(platform.service, [paid(id) for id in platform.paid])
    platform.check()
    platform.check_money()


def _take(platform: Platform, step: str, order_id: Any) -> None:
    match step:
        case "place":
            platform.place()
        case "cancel":
            platform.cancel(order_id)
        case "start":
            deliver(platform.service, started(order_id))
        case "withdraw":
            platform.withdraw_or_relist()
        case "pay":
            platform.pay(order_id)
        case "expire":
            deliver(platform.service, expired(order_id))
        case "refund":
            deliver(platform.service, refunded(order_id))
        case "sweep":
            platform.service.chores[0].run()
        case "wait":
            platform.clock.advance(21)
