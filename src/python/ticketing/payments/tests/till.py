"""A till: the payments service in memory with its card processor, and what must add up in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ticketing.common.core.event import Event
from ticketing.common.core.events import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderStatus,
    PaymentRejected,
)
from ticketing.common.messaging.bus import Verdict
from ticketing.common.runtime.service import Service
from ticketing.common.testing.events import order_state
from ticketing.common.testing.queries import Watched
from ticketing.common.testing.services import (
    ENV,
    Interrupted,
    TurnedClock,
    deliver,
    memory_database,
    take_events,
)
from ticketing.payments.main import build
from ticketing.payments.model import DOUBT
from ticketing.payments.service import Payments, Receipt
from ticketing.payments.tests.memory_processor import VISA, Books, MemoryProcessor
from ticketing.payments.webhooks import Hint

ORDER = "5c0a7922c9d89830f4911421"
WEBHOOK_SECRET = "whsec_of_the_tests"
ENVIRONMENT = {**ENV, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET}
_EVENTS = {
    OrderStatus.CREATED: OrderCreated,
    OrderStatus.CANCELLED: OrderCancelled,
    OrderStatus.COMPLETE: OrderCompleted,
}


@dataclass
class Till:
    """One database, one card processor, and as many processes as a test wants.

    `news` is what it was told, `told` what it told.
    """

    clock: TurnedClock = field(default_factory=TurnedClock)
    stripe: MemoryProcessor = field(default_factory=MemoryProcessor)
    database: Any = field(default_factory=memory_database)
    told: list[Any] = field(default_factory=list)
    news: list[Event] = field(default_factory=list)
    heard: int = 0
    given_back: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.watched = Watched(self.database)
        database: Any = self.watched
        self.service = build(ENVIRONMENT, database, self.clock, self.stripe)
        self.service.prepare()

    def order(
        self,
        status: OrderStatus = OrderStatus.CREATED,
        version: int = 0,
        *,
        price: float = 20.5,
        id: str = ORDER,
    ) -> Verdict:
        """Hear from the orders service what became of an order."""
        state = order_state(id=id, status=status, version=version, price=price)
        event = _EVENTS[status](id=f"{id}-{version}", occurred_at=self.clock.now, order=state)
        return self._hear(event)

    def cancel_order(self) -> Verdict:
        """Hear that the order has ended; the sweep comes by within a second."""
        verdict = self.order(OrderStatus.CANCELLED, 1)
        self.service.chores[0].run()
        return verdict

    def reject_payment(self) -> Verdict:
        """Hear from the orders service that the money must go back."""
        event = PaymentRejected(
            id=f"{ORDER}-2",
            occurred_at=self.clock.now,
            payment_id=self.payment["_id"],
            order_id=ORDER,
            reason="The ticket went to somebody else",
        )
        return self._hear(event)

    def _hear(self, event: Event) -> Verdict:
        self.news.append(event)
        return deliver(self.service, event)

    def pay(self, token: str = VISA, *, order_id: str = ORDER) -> Receipt:
        """Pay by the service itself, so that what a crash raises comes out."""
        return self.service.use_cases.pay(order_id=order_id, token=token, user_id="buyer")

    def interrupted(self, n: int, step: Callable[[], object]) -> Service[Payments]:
        """The service of a process that loses the processor before its n-th operation."""
        meanwhile: Any = Interrupted(self.database, n, step)
        return build(ENVIRONMENT, meanwhile, self.clock, self.stripe)

    def hear(self, intent_id: str = "pi_1", event_id: str | None = None) -> None:
        """A webhook about this intent comes, by default one that never came before."""
        self.heard += 1
        event_id = event_id or f"evt_{self.heard}"
        self.service.use_cases.hear(Hint(event_id=event_id, intent_id=intent_id))

    def give_back(self) -> None:
        """Somebody refunds at Stripe what was paid, if anything was."""
        for id, books in self.stripe.books.items():
            if books.charges:
                self.stripe.give_back(id)
                self.given_back.add(id)

    def sweep(self) -> None:
        """Let the doubts ripen, then ask about them."""
        self.clock.advance(DOUBT.total_seconds())
        self.service.chores[0].run()

    @property
    def payment(self) -> Any:
        """The one payment's document."""
        [payment] = self.database["payments"].find()
        return payment

    @property
    def books(self) -> Books:
        """The one intent at Stripe."""
        [books] = self.stripe.books.values()
        return books

    def events(self) -> list[Any]:
        """What was told since the last time."""
        new = take_events(self.service)
        self.told += new
        return new

    def check(self) -> None:
        """One charge per order at the most, told once; refunds only of charges, told once."""
        self.events()
        subjects = [event["subject"] for event in self.told]
        assert subjects.count("payment.created") <= 1
        assert subjects.count("payment.refunded") <= 1
        payments = {found.get("intentId"): found for found in self.database["payments"].find()}
        assert sum(books.charges for books in self.stripe.books.values()) <= 1
        for id, books in self.stripe.books.items():
            if id in payments and payments[id]["status"] in ("succeeded", "refunded"):
                assert books.charges == 1
            if id in payments and payments[id]["status"] == "refunded":
                assert books.refunds == 1

    def check_all_is_known(self) -> None:
        """When nothing is in doubt any more, every charge and refund is known and was told."""
        self.check()
        subjects = [event["subject"] for event in self.told]
        for id, books in self.stripe.books.items():
            if books.charges:
                [payment] = self.database["payments"].find({"intentId": id})
                assert payment["status"] in ("succeeded", "refunded")
                assert subjects.count("payment.created") == 1
            assert subjects.count("payment.refunded") == books.refunds
