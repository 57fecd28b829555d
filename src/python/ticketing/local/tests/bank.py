"""Stripe, as the services in one process see it."""

from dataclasses import dataclass, field

from ticketing.common.core.errors import Unavailable
from ticketing.local.tests.fate import Fate
from ticketing.payments.processor import CardProcessor, Intent
from ticketing.payments.webhooks import Hint

DECLINED, CHALLENGED, GOOD = "tok_declined", "tok_challenged", "tok_good"


@dataclass
class _Account:
    order_id: str
    status: str = "requires_payment_method"
    charges: int = 0
    refunds: int = 0
    answered: set[str] = field(default_factory=set)


class Bank(CardProcessor):
    """Stripe in memory: a key acts once; `mute` loses the next answer."""

    def __init__(self, fate: Fate) -> None:
        self.accounts: dict[str, _Account] = {}
        self.mute = False
        self.news: list[Hint] = []
        self._fate = fate

    def open(self, *, payment_id: str, order_id: str, amount: int) -> Intent:
        self.accounts.setdefault(f"pi_{payment_id}", _Account(order_id))
        return self._answer(f"pi_{payment_id}")

    def confirm(self, intent_id: str, token: str, key: str) -> Intent:
        account = self.accounts[intent_id]
        if key not in account.answered and account.status not in ("succeeded", "canceled"):
            account.answered.add(key)
            account.status = {
                GOOD: "succeeded",
                CHALLENGED: "requires_action",
                DECLINED: "requires_payment_method",
            }[token]
            account.charges += account.status == "succeeded"
            self._tell(intent_id)
        return self._answer(intent_id)

    def look_up(self, intent_id: str) -> Intent:
        return self._answer(intent_id)

    def close(self, intent_id: str) -> Intent:
        account = self.accounts[intent_id]
        if account.status != "succeeded":
            account.status = "canceled"
            self._tell(intent_id)
        return self._answer(intent_id)

    def refund(self, intent_id: str, key: str) -> None:
        account = self.accounts[intent_id]
        if key not in account.answered:
            account.answered.add(key)
            account.refunds += 1
            self._tell(intent_id)
        self._answer(intent_id)

    def authenticate(self, intent_id: str) -> None:
        """The buyer passes 3-D Secure, whether or not anybody is told."""
        account = self.accounts[intent_id]
        if account.status == "requires_action":
            account.status = "succeeded"
            account.charges += 1
            self._tell(intent_id)

    def _tell(self, intent_id: str) -> None:
        """A webhook, which may come at any time, more than once or never."""
        self.news.append(Hint(event_id=f"evt_{len(self.news)}", intent_id=intent_id))

    def _answer(self, intent_id: str) -> Intent:
        """What was asked has happened; who asked may die before the answer comes."""
        self._fate.operate()
        if self.mute:
            self.mute = False
            raise Unavailable("no answer")
        account = self.accounts[intent_id]
        refunded = account.refunds > 0
        return Intent(id=intent_id, status=account.status, client_secret="s", refunded=refunded)
