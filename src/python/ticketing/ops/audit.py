"""The five rules of the contract, held against the books of a platform at rest."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from ticketing.common.core.events import OrderCompleted, PaymentRejected
from ticketing.common.storage.mongo import Document
from ticketing.ops import convergence, rejections
from ticketing.ops.books import Books, Charge, read
from ticketing.ops.platform import Platform
from ticketing.ops.violation import Violation

PROMPTLY = timedelta(seconds=15)
"""How long after its time a hold may stand: the sweep comes by every second."""
DOUBTFUL = timedelta(minutes=5)
"""How long after its turn a payment may be in doubt: with each silence of Stripe it waits anew."""
IN_DOUBT = ("processing", "requires_action")

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def audit(platform: Platform) -> list[Violation]:
    """Every violation there is; to be believed where nothing is on its way."""
    return judge(read(platform))


def judge(books: Books) -> list[Violation]:
    """Every violation in these books, by rule."""
    rules = (_sales, _charges, _payments, rejections.check, _holds, convergence.check)
    return sorted(violation for rule in rules for violation in rule(books))


def _sales(books: Books) -> Iterator[Violation]:
    """1. A ticket never has two active orders, and is sold at most once."""
    active = [order for order in books.orders if order["status"] != "cancelled"]
    for ticket_id, orders in _by(active, lambda order: str(order["ticket"]["id"])).items():
        sold = [order for order in orders if order["status"] == "complete"]
        if len(orders) > 1:
            what = "is sold more than once" if len(sold) > 1 else "has several active orders"
            ids = (str(order["_id"]) for order in orders)
            yield Violation(rule=1, what=f"a ticket {what}", ids=(ticket_id, *sorted(ids)))
    for order in books.orders:
        expected = None if order["status"] == "cancelled" else order["ticket"]["id"]
        if order.get("reserves") != expected:
            what = "an active order holds no ticket, or one that ended does"
            yield Violation(rule=1, what=what, ids=(order["_id"],))
    yield from _told_sales(books)


def _told_sales(books: Books) -> Iterator[Violation]:
    completed = [each.order for each in books.told or () if isinstance(each, OrderCompleted)]
    told = {(order.ticket.id, order.id) for order in completed}
    for ticket_id, count in Counter(ticket_id for ticket_id, _ in told).items():
        if count > 1:
            ids = (ticket_id, *sorted(order for ticket, order in told if ticket == ticket_id))
            yield Violation(rule=1, what="a ticket was told to be sold more than once", ids=ids)


def _charges(books: Books) -> Iterator[Violation]:
    """2. A paid order ends complete, or the money goes back. Nobody is charged twice."""
    orders = {str(order["_id"]): order for order in books.orders}
    charges = _by(books.charges, lambda charge: charge.order_id)
    returned = _returned_by_hand(books)
    for order_id, taken in charges.items():
        ids = (order_id, *sorted(charge.id for charge in taken))
        order = orders.get(order_id)
        if len(taken) > 1:
            yield Violation(rule=2, what=f"an order was charged {len(taken)} times", ids=ids)
        if order is None:
            yield Violation(rule=2, what="money was taken for an order that is not there", ids=ids)
        elif any(charge.amount != order["ticket"]["price"] for charge in taken):
            yield Violation(rule=2, what="an order was charged another amount", ids=ids)
    for order_id, order in orders.items():
        kept = sum(charge.kept for charge in charges.get(order_id, ()))
        due = order["ticket"]["price"] if order["status"] == "complete" else 0
        if kept != due and order_id not in returned:
            what = f"an order is {order['status']} and {kept} cents were kept instead of {due}"
            yield Violation(rule=2, what=what, ids=(order_id,))


def _returned_by_hand(books: Books) -> set[str]:
    """Complete orders whose money an operator gave back: orders never asked for that."""
    asked = {each.order_id for each in books.told or () if isinstance(each, PaymentRejected)}
    complete = (order for order in books.orders if order["status"] == "complete")
    return {str(order["_id"]) for order in complete if order.get("refunded")} - asked


def _payments(books: Books) -> Iterator[Violation]:
    """2 again: what payments believe is what Stripe has done."""
    charges = _by(books.charges, lambda charge: charge.order_id)
    for order_id, payments in _by(books.payments, lambda each: str(each["orderId"])).items():
        ids = tuple(sorted(str(payment["_id"]) for payment in payments))
        if len(payments) > 1:
            yield Violation(rule=2, what="an order has several payments", ids=(order_id, *ids))
        for payment in payments:
            problem = _problem(payment, charges.get(order_id, []), books)
            if problem:
                yield Violation(rule=2, what=problem, ids=(order_id, payment["_id"]))
    for order_id in charges.keys() - {str(each["orderId"]) for each in books.payments}:
        yield Violation(rule=2, what="money was taken without a payment", ids=(order_id,))


def _problem(payment: Document, charges: list[Charge], books: Books) -> str | None:
    taken, kept = bool(charges), sum(charge.kept for charge in charges)
    status = payment["status"]
    if status in IN_DOUBT:
        due = payment.get("checkAt")
        asked = due is not None and books.now - due <= DOUBTFUL
        return None if asked else "nobody asks Stripe about a payment in doubt"
    expected = {"succeeded": (True, payment["amount"]), "refunded": (True, 0)}
    if (taken, kept) == expected.get(status, (False, 0)):
        return None
    return f"a payment is {status}, and Stripe took {'money' if taken else 'none'}, keeping {kept}"


def _holds(books: Books) -> Iterator[Violation]:
    """4. Every hold ends: by payment, by cancellation, or within seconds of `expiresAt`."""
    orders = {str(order["_id"]): order for order in books.orders}
    for order_id, order in orders.items():
        late = books.now - order["expiresAt"]
        if order["status"] in ("created", "awaiting:payment") and late > PROMPTLY:
            what = "an order still holds its ticket after its time"
            yield Violation(rule=4, what=what, ids=(order_id, order["ticket"]["id"]))
    for ticket in books.tickets:
        holder = orders.get(ticket.get("orderId", ""))
        if holder and holder["status"] == "cancelled":
            what = "a ticket is still held by an order that has ended"
            yield Violation(rule=4, what=what, ids=(ticket["_id"], holder["_id"]))


def _by(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups
