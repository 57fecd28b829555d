"""Stripe in memory, as far as payments knows it, with doors for what goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ticketing.common.core.errors import Refused
from ticketing.payments.processor import NOT_PAID, CardProcessor, Intent, ProcessorSilent

T = TypeVar("T")

VISA, DECLINED, POOR = "tok_visa", "tok_chargeDeclined", "pm_card_poor"
ASKS, ASKS_POOR, SLOW = "pm_card_asks", "pm_card_asks_poor", "tok_slow"
UNKNOWN = "tok_unknown"
DECLINES = {
    DECLINED: "Your card was declined.",
    POOR: "Your card has insufficient funds.",
}


@dataclass
class Books:
    """An intent as Stripe keeps it; `charges` is how often its card was charged."""

    intent: Intent
    order_id: str
    amount: int
    token: str = ""
    charges: int = 0
    refunds: int = 0


@dataclass
class MemoryProcessor(CardProcessor):
    """`before` and `after` hold what happens around the next call of a method, such as an error;
    `troubles` what every look-up of an intent raises.
    """

    books: dict[str, Books] = field(default_factory=dict)
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    after: dict[str, Callable[[], object]] = field(default_factory=dict)
    troubles: dict[str, Exception] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _opened: dict[str, str] = field(default_factory=dict)
    _answers: dict[str, Intent] = field(default_factory=dict)

    def open(self, *, payment_id: str, order_id: str, amount: int) -> Intent:
        def act() -> Intent:
            if payment_id not in self._opened:
                id = f"pi_{len(self.books) + 1}"
                intent = Intent(id=id, status=NOT_PAID, client_secret=f"{id}_secret")
                self.books[id] = Books(intent, order_id, amount)
                self._opened[payment_id] = id
            return self.books[self._opened[payment_id]].intent

        return self._answer("open", act)

    def confirm(self, intent_id: str, token: str, key: str) -> Intent:
        def act() -> Intent:
            if key not in self._answers:
                self._answers[key] = self._charge(self.books[intent_id], token)
            return self._answers[key]

        return self._answer("confirm", act)

    def look_up(self, intent_id: str) -> Intent:
        def act() -> Intent:
            if intent_id in self.troubles:
                raise self.troubles[intent_id]
            return self.books[intent_id].intent

        return self._answer("look_up", act)

    def close(self, intent_id: str) -> Intent:
        def act() -> Intent:
            books = self.books[intent_id]
            if books.intent.status in (NOT_PAID, "requires_action"):
                self._move(books, "canceled")
            return books.intent

        return self._answer("close", act)

    def refund(self, intent_id: str, key: str) -> None:
        def act() -> None:
            books = self.books[intent_id]
            if books.charges == 0:
                raise Refused("There is nothing to refund")
            self._refund(books)

        self._answer("refund", act)

    def give_back(self, intent_id: str) -> None:
        """Somebody refunds the payment in Stripe's dashboard."""
        assert self.books[intent_id].charges == 1
        self._refund(self.books[intent_id])

    def authenticate(self, intent_id: str) -> None:
        """The buyer does what the bank asks for."""
        books = self.books[intent_id]
        assert books.intent.status == "requires_action"
        if books.token == ASKS_POOR:
            self._move(books, NOT_PAID, DECLINES[POOR])
        else:
            self._succeed(books)

    def finish(self, intent_id: str) -> None:
        """The bank makes up its mind about a slow card."""
        assert self.books[intent_id].intent.status == "processing"
        self._succeed(self.books[intent_id])

    def _charge(self, books: Books, token: str) -> Intent:
        if token == UNKNOWN:
            return replace(books.intent, declined=f"No such token: '{token}'")
        if books.intent.status in ("succeeded", "canceled", "processing"):
            return books.intent
        if token in DECLINES:
            self._move(books, NOT_PAID, DECLINES[token])
        elif token in (ASKS, ASKS_POOR):
            self._move(books, "requires_action")
        elif token == SLOW:
            self._move(books, "processing")
        else:
            assert token == VISA
            self._succeed(books)
        books.token = token
        return books.intent

    def _succeed(self, books: Books) -> None:
        books.charges += 1
        self._move(books, "succeeded")

    def _refund(self, books: Books) -> None:
        books.refunds = 1
        books.intent = replace(books.intent, refunded=True)

    def _move(self, books: Books, status: str, declined: str | None = None) -> None:
        books.intent = replace(books.intent, status=status, declined=declined)

    def _answer(self, method: str, act: Callable[[], T]) -> T:
        self.calls.append(method)
        self.before.pop(method, lambda: None)()
        answer = act()
        self.after.pop(method, lambda: None)()
        return answer


def no_answer() -> None:
    """What happens before or after a call whose answer never comes."""
    raise ProcessorSilent


class Crash(Exception):  # noqa: N818  # it is no error of the program
    """The process dies here."""


def crash() -> None:
    """What happens before or after a call in whose midst the process dies."""
    raise Crash
