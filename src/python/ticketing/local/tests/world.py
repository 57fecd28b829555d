"""The services in one process, with the bus, the clock and the bank in a test's hands."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from ticketing.common.core.clock import utc_now
from ticketing.common.core.errors import Failure
from ticketing.common.core.event import subject
from ticketing.common.core.events import ExpirationCompleted, OrderCreated
from ticketing.common.messaging.bus import Again, Message, Park
from ticketing.common.messaging.relay import as_message
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import Document
from ticketing.common.testing.services import ENV, TurnedClock, memory_database
from ticketing.local.tests.bank import Bank
from ticketing.local.tests.fate import Died, Fate, FatedDatabase
from ticketing.orders.service import Orders
from ticketing.payments.service import Payments
from ticketing.registry.declarations import services
from ticketing.registry.programs import build, sample_environment
from ticketing.tickets.service import Tickets

MAX_OPEN_HOLDS = 2
"""Of one buyer; few, so that buyers meet the limit."""

Variables = Mapping[str, str]
KEY: Variables = {"JWT_KEY": ENV["JWT_KEY"]}


class World:
    """Every service that has a database, and every message that is on its way to one of them.

    `signs` and `checks` are the keys of tokens for those who sign and check them, `env` is for all.
    """

    def __init__(self, signs: Variables = KEY, checks: Variables = KEY, **env: Any) -> None:
        self.clock, self.fate = TurnedClock(), Fate()
        self.bank = Bank(self.fate)
        keys = {"signs": signs, "checks": checks, "": {}}
        few_holds = {"MAX_OPEN_HOLDS": str(MAX_OPEN_HOLDS)}
        by_name = {
            name: self._build(name, keys[each.tokens], few_holds, env)
            for name, each in services().items()
            if each.store
        }
        self.tickets: Service[Tickets] = by_name["tickets"]
        self.orders: Service[Orders] = by_name["orders"]
        self.payments: Service[Payments] = by_name["payments"]
        self.services: list[Service[Any]] = [*by_name.values()]
        self.on_the_way: list[tuple[Service[Any], Message]] = []
        self.sent: list[tuple[Service[Any], Message]] = []

    def _build(self, name: str, *variables: Variables) -> Service[Any]:
        environment = sample_environment(name)
        for each in variables:
            environment |= each
        clock = utc_now if name == "auth" else self.clock  # by which the library judges its tokens
        database = FatedDatabase(memory_database(), self.fate)
        service = build(name, environment, database=database, clock=clock, processor=self.bank)
        service.prepare()
        return service

    def relay(self, service: Service[Any]) -> None:
        """Publish what the outboxes hold."""
        for store in service.stores:
            for document in store.pending(limit=100):
                for entry in document["outbox"]:
                    self.fate.operate()
                    self.publish(as_message(entry))
                store.clear([document])

    def publish(self, message: Message) -> None:
        """Send the message to every service that handles it; orders' creations start a timer."""
        for service in self.services:
            if message.subject in service.router.subjects:
                self._send(service, message)
        if message.subject == subject(OrderCreated):
            order = msgspec.json.decode(message.body, type=OrderCreated).order
            event = ExpirationCompleted(
                id=f"{order.id}-expired", occurred_at=self.clock(), order_id=order.id
            )
            body = msgspec.json.encode(event)
            timer = replace(message, id=event.id, subject=subject(ExpirationCompleted), body=body)
            self._send(self.orders, timer)

    @property
    def told(self) -> list[Any]:
        """Every event that was published, as a JSON object, once for each service that hears it."""
        return [msgspec.json.decode(message.body) for _, message in self.sent]

    def orders_in_news_for(self, service: Service[Any]) -> set[str]:
        """The orders of which a message is on the way to this service."""
        bodies = (msgspec.json.decode(m.body) for s, m in self.on_the_way if s is service)
        return {body["order"]["id"] for body in bodies if "order" in body}

    def repeat(self, number: int) -> None:
        """Send once more what was sent at any time before."""
        self.on_the_way.append(self.sent[number % len(self.sent)])

    def deliver(self, number: int, *, again: bool = False) -> bool:
        """Deliver a message, if one is on the way; whether it is done. `again`: its ack is lost."""
        if not self.on_the_way:
            return True
        service, message = self.on_the_way.pop(number % len(self.on_the_way))
        barred = self._barred() if self.fate.rests else set()
        try:
            verdict = service.router.attempt(message, service.use_cases)
        except Died:
            self.on_the_way.append((service, message))
            raise
        assert not isinstance(verdict, Park), verdict
        assert not barred & self._complete(), f"sold though known to be withdrawn: {barred}"
        if again or isinstance(verdict, Again):
            self.on_the_way.append((service, message))
        return not isinstance(verdict, Again)

    def flow(self) -> None:
        """Let messages pass as on a good day: at once, in order."""
        for _ in range(4):
            for service in self.services:
                self.relay(service)
            for _ in range(len(self.on_the_way)):
                self.deliver(0)

    def _barred(self) -> set[str]:
        """The orders that have ended and whose tickets orders know to be withdrawn."""
        withdrawn = {t["_id"] for t in self.all(self.orders, "tickets") if t["withdrawn"]}
        return {
            order["_id"]
            for order in self.all(self.orders, "orders")
            if order["status"] == "cancelled" and order["ticket"]["id"] in withdrawn
        }

    def _complete(self) -> set[str]:
        orders = self.all(self.orders, "orders")
        return {order["_id"] for order in orders if order["status"] == "complete"}

    def _send(self, service: Service[Any], message: Message) -> None:
        self.on_the_way.append((service, message))
        self.sent.append((service, message))

    def forget_timers(self) -> None:
        """Redis loses all that it knew."""
        timer = subject(ExpirationCompleted)
        self.on_the_way = [sent for sent in self.on_the_way if sent[1].subject != timer]

    def try_to(self, act: Callable[[], object]) -> None:
        """Do what the rules may refuse, by a process that may die of it."""
        try:
            act()
        except (Failure, Died):
            return

    def come_to_rest(self) -> None:
        """Let all time pass and all messages arrive."""
        self.bank.mute = False
        self.fate.rest()
        for _ in range(50):
            self.clock.advance(70)  # so that the sweep, too, ends what was just ordered
            self.orders.use_cases.expire_overdue()
            self.payments.use_cases.settle_doubts()
            for service in self.services:
                self.relay(service)
            if not self.on_the_way:
                return
            for _ in range(len(self.on_the_way)):
                self.deliver(0)
        raise AssertionError(f"never at rest: {self.on_the_way}")

    def all(self, service: Service[Any], name: str) -> list[Document]:
        """The documents of a service's collection, read by no process of the platform."""
        fated: Any = service.database
        return list(fated.unfated[name].find({}))
