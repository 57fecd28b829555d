"""Buyers and sellers, each in a thread, who follow their plans until they are sent home."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ticketing.faults import plans
from ticketing.faults.client import Person, authenticate
from ticketing.faults.tally import REDUCED, Answer, Promises, Tally

BUYERS = 12
SELLERS = 3
PROBE = "Probe"
"""How the titles of tickets begin that are not for the crowd."""
SHOWN = 15
"""How many of the newest tickets a buyer looks at."""

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where all happens, and what decides the choices."""

    url: str
    stripe_url: str
    seed: int
    tally: Tally
    promises: Promises
    stop: threading.Event

    def person(self) -> Person:
        """Somebody who has signed in."""
        person = Person(self.url, self.tally, self.promises)
        person.join()
        return person


class Crowd:
    """At work from `start` to `leave`; they join one by one, since passwords are slow to check."""

    def __init__(self, place: Place, buyers: int = BUYERS, sellers: int = SELLERS) -> None:
        self._place = place
        self.failures: list[BaseException] = []
        people = [Buyer(place, number).visit for number in range(buyers)]
        people += [Seller(place, number).visit for number in range(sellers)]
        self._threads = [
            threading.Thread(target=self._keep_on, args=(visit,), daemon=True) for visit in people
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """Returns once the last one has gone; raises what went wrong among them."""
        self._place.stop.set()
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise ExceptionGroup("the crowd failed", [Exception(each) for each in self.failures])

    def _keep_on(self, visit: Callable[[int], float]) -> None:
        number = 0
        try:
            while not self._place.stop.is_set():
                self._place.stop.wait(visit(number))
                number += 1
        except BaseException as error:
            self.failures.append(error)
            raise


class Seller:
    """Puts a ticket on sale at each visit."""

    def __init__(self, place: Place, number: int) -> None:
        self._place, self._number = place, number
        self._person = place.person()

    def visit(self, number: int) -> float:
        """Returns the pause until the next visit."""
        plan = plans.sale(self._place.seed, self._number, number)
        self._sell(plan, f"Seat {self._number}-{number}")
        return plan.pause

    def _sell(self, plan: plans.Sale, title: str) -> None:
        ticket = self._list(plan, title)
        if ticket is None:
            return
        self._place.stop.wait(plan.patience)
        path = f"/tickets/{ticket['id']}"
        if plan.new_price is not None:
            body = {"title": title + REDUCED, "price": plan.new_price}
            self._person.send("edit a ticket", "PUT", path, body)
        if plan.withdraws:
            self._person.send("withdraw a ticket", "POST", f"{path}/withdraw")
        if plan.relists:
            self._place.stop.wait(plan.patience)
            self._person.send("relist a ticket", "POST", f"{path}/relist")

    def _list(self, plan: plans.Sale, title: str) -> Json | None:
        key = f"sell-{title}".replace(" ", "-") if plan.keyed else ""
        promises = self._place.promises
        if key:
            promises.titles.add(title)
        body = {"title": title, "price": plan.price}
        times = 1 + plan.repeats
        answer = self._person.post("sell a ticket", "/tickets", body, key, times)
        if answer is None or not answer.done:
            return None
        ticket: Json = answer.json()
        promises.tickets.add(ticket["id"])
        return ticket


class Buyer:
    """Orders a ticket at each visit, and pays for it or not."""

    def __init__(self, place: Place, number: int) -> None:
        self._place, self._number = place, number
        self._person = place.person()
        self._posts = 0

    def visit(self, number: int) -> float:
        """Returns the pause until the next visit."""
        plan = plans.purchase(self._place.seed, self._number, number)
        self._buy(plan)
        return plan.pause

    def _buy(self, plan: plans.Purchase) -> None:
        listed = self._person.get("look at tickets", f"/tickets?limit={SHOWN}") or []
        tickets = [ticket for ticket in listed if not ticket["title"].startswith(PROBE)]
        if not tickets:
            return
        order = self._order(plan, tickets[int(plan.look * len(tickets))]["id"])
        if order is None:
            return
        self._place.stop.wait(plan.hesitation)
        if plan.cancels:
            self._person.send("cancel an order", "DELETE", f"/orders/{order['id']}")
            return
        for card in plan.cards:
            if self._pay(plan, order["id"], card):
                return

    def _order(self, plan: plans.Purchase, ticket_id: str) -> Json | None:
        answer = self._post(plan, "order a ticket", "/orders", {"ticketId": ticket_id})
        if answer is None or not answer.done:
            return None
        order: Json = answer.json()
        self._place.promises.orders.add(order["id"])
        return order

    def _pay(self, plan: plans.Purchase, order_id: str, card: str) -> bool:
        """Whether this card was the last to try: it paid, or the buyer is gone."""
        body = {"orderId": order_id, "token": card}
        answer = self._post(plan, "pay", "/payments", body)
        if answer is not None and answer.status == 202:
            return self._authenticate(plan, body, answer.json()["clientSecret"])
        return self._note(answer, order_id)

    def _authenticate(self, plan: plans.Purchase, body: Json, secret: str) -> bool:
        """What the buyer does whom the bank asks; who does not come back may yet have paid."""
        self._place.stop.wait(plan.thinking)
        if plan.answer is not None:
            authenticate(self._place.stripe_url, secret, plan.answer)
        if plan.answer is None or not plan.comes_back:
            return True
        answer = self._post(plan, "pay, back from the bank", "/payments", body)
        return self._note(answer, body["orderId"])

    def _note(self, answer: Answer | None, order_id: str) -> bool:
        if answer is None or answer.status != 201:
            return False
        self._place.promises.paid[answer.json()["id"]] = order_id
        return True

    def _post(self, plan: plans.Purchase, what: str, path: str, body: Json) -> Answer | None:
        """Each post is one intention of the buyer's, and has a key of its own."""
        self._posts += 1
        key = f"buyer-{self._number}-{self._posts}" if plan.keyed else ""
        return self._person.post(what, path, body, key, 1 + plan.repeats)
