"""Every way to break a rule is seen in the books, and named; sound books are left in peace."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from ticketing.common.core.event import Event
from ticketing.common.core.events import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    PaymentCreated,
    PaymentRefunded,
    PaymentRejected,
    PaymentStarted,
    TicketUpdated,
)
from ticketing.ops.audit import judge
from ticketing.ops.books import Books, Charge
from ticketing.ops.tests.bookkeeping import (
    NOW,
    PRICE,
    START,
    added,
    changed,
    order,
    order_event,
    payment,
    rejection,
    sound,
    untold,
    withdrawal,
    without,
)

Break = Callable[[Books], Books]


def names(books: Books) -> list[str]:
    return [f"{each.rule}: {each.what}: {' '.join(each.ids)}" for each in judge(books)]


def test_nothing_is_said_of_sound_books() -> None:
    assert names(sound()) == []


def test_nothing_is_said_of_an_empty_platform() -> None:
    kinds = sound().sources
    empty = Books(
        now=NOW, sources={kind: [] for kind in kinds}, copies=[], charges=[], told=[], waiting={}
    )
    assert names(empty) == []


def charge_again(books: Books) -> Books:
    return added(books, "charges", Charge(id="ch-2", order_id="winner", amount=PRICE, refunded=0))


def sell_to(id: str) -> Break:
    return lambda books: added(books, "orders", order(id, "complete", reserves="sold"))


def stripe(id: str, **change: Any) -> Break:
    """The charge of an order, different."""

    def apply(books: Books) -> Books:
        charges = [replace(c, **change) if c.order_id == id else c for c in books.charges]
        return replace(books, charges=charges)

    return apply


def doc(kind: str, id: str, **change: Any) -> Break:
    return lambda books: changed(books, kind, id, **change)


def in_doubt_since(minutes: int) -> Break:
    since = NOW - timedelta(minutes=minutes)
    return doc("payments", "p-winner", status="processing", checkAt=since)


BROKEN: list[tuple[Break, str]] = [
    (sell_to("other"), "1: a ticket is sold more than once: sold other winner"),
    (
        lambda books: added(books, "orders", order("other", "created", reserves="sold")),
        "1: a ticket has several active orders: sold other winner",
    ),
    (
        doc("orders", "winner", reserves=None),
        "1: an active order holds no ticket, or one that ended does: winner",
    ),
    (
        doc("orders", "loser", reserves="sold"),
        "1: an active order holds no ticket, or one that ended does: loser",
    ),
    (
        lambda books: added(books, "told", order_event(OrderCompleted, "loser")),
        "1: a ticket was told to be sold more than once: sold loser winner",
    ),
    (charge_again, "2: an order was charged 2 times: winner ch-2 ch-winner"),
    (
        stripe("winner", order_id="nobody"),
        "2: money was taken for an order that is not there: nobody ch-winner",
    ),
    (stripe("winner", amount=1999), "2: an order was charged another amount: winner ch-winner"),
    (
        stripe("winner", refunded=PRICE),
        "2: an order is complete and 0 cents were kept instead of 2000: winner",
    ),
    (
        stripe("loser", refunded=0),
        "2: an order is cancelled and 2000 cents were kept instead of 0: loser",
    ),
    (
        stripe("loser", refunded=500),
        "2: an order is cancelled and 1500 cents were kept instead of 0: loser",
    ),
    (
        lambda books: added(books, "payments", payment("p-3", "winner", "open")),
        "2: an order has several payments: winner p-3 p-winner",
    ),
    (
        doc("payments", "p-winner", status="open"),
        "2: a payment is open, and Stripe took money, keeping 2000: winner p-winner",
    ),
    (
        doc("payments", "p-winner", status="cancelled"),
        "2: a payment is cancelled, and Stripe took money, keeping 2000: winner p-winner",
    ),
    (
        lambda books: replace(books, charges=[]),
        "2: a payment is succeeded, and Stripe took none, keeping 0: winner p-winner",
    ),
    (
        stripe("loser", refunded=0),
        "2: a payment is refunded, and Stripe took money, keeping 2000: loser p-loser",
    ),
    (in_doubt_since(30), "2: nobody asks Stripe about a payment in doubt: winner p-winner"),
    (
        lambda books: without(books, "payments", "p-winner"),
        "2: money was taken without a payment: winner",
    ),
    (
        doc("orders", "winner", createdAt=START + timedelta(minutes=2)),
        "3: a payment was rejected though its ticket was free: loser p-loser sold",
    ),
    (
        doc("orders", "winner", status="awaiting:payment"),
        "4: an order still holds its ticket after its time: winner sold",
    ),
    (
        doc("tickets", "sold", orderId="loser", soldAt=None, soldFor=None),
        "4: a ticket is still held by an order that has ended: sold loser",
    ),
    (
        doc("tickets_at_orders", "free", version=-1),
        "5: orders differs in version: free",
    ),
    (doc("tickets_at_orders", "sold", price=1), "5: orders differs in price: sold"),
    (doc("tickets", "free", withdrawn=True), "5: orders differs in withdrawn: free"),
    (
        lambda books: without(books, "tickets_at_orders", "free"),
        "5: orders never heard of it: free",
    ),
    (lambda books: without(books, "tickets", "free"), "5: orders knows what is not there: free"),
    (doc("orders_at_payments", "loser", status="created"), "5: payments differs in status: loser"),
    (doc("orders_at_payments", "winner", amount=1), "5: payments differs in amount: winner"),
    (
        lambda books: without(books, "orders_at_payments", "winner"),
        "5: payments never heard of it: winner",
    ),
    (doc("orders_at_tickets", "loser", status="created"), "5: tickets differs in status: loser"),
    (
        lambda books: without(books, "orders_at_tickets", "winner"),
        "5: tickets never heard of it: winner",
    ),
    (doc("tickets", "sold", soldFor=1), "5: tickets itself differs in soldFor: sold"),
    (doc("tickets", "sold", orderId=None), "5: tickets itself differs in orderId: sold"),
    (doc("tickets", "free", heldUntil=NOW), "5: tickets itself differs in heldUntil: free"),
    (doc("orders", "loser", refunded=False), "5: orders itself differs in refunded: loser"),
    (doc("orders", "winner", paymentId=None), "5: orders itself differs in paymentId: winner"),
    (
        lambda books: replace(books, waiting={"auth": 2}),
        "5: 2 events wait in the outboxes of auth: auth",
    ),
    (
        lambda books: untold(books, TicketUpdated, of=["sold-2"]),
        "5: nobody was told of version 2 of a ticket: sold",
    ),
    (lambda books: untold(books, OrderCreated), "5: order.created was not told: loser"),
    (lambda books: untold(books, OrderCancelled), "5: order.cancelled was not told: loser"),
    (lambda books: untold(books, OrderCompleted), "5: order.completed was not told: winner"),
    (
        lambda books: untold(books, PaymentStarted, of=["p-winner-1"]),
        "5: payment.started was not told: p-winner",
    ),
    (lambda books: untold(books, PaymentCreated), "5: payment.created was not told: p-loser"),
    (lambda books: untold(books, PaymentRejected), "5: payment.rejected was not told: p-loser"),
    (lambda books: untold(books, PaymentRefunded), "5: payment.refunded was not told: p-loser"),
]


@pytest.mark.parametrize(("broken", "name"), BROKEN, ids=[name for _, name in BROKEN])
def test_what_breaks_a_rule_is_named(broken: Break, name: str) -> None:
    assert name in names(broken(sound()))


def test_a_payment_is_in_doubt_for_some_time_without_harm() -> None:
    books = replace(in_doubt_since(1)(sound()), told=None)
    assert not [each for each in judge(books) if "in doubt" in each.what]


def test_a_hold_may_stand_for_a_moment_after_its_time() -> None:
    books = doc("orders", "winner", status="created", expiresAt=NOW - timedelta(seconds=3))(sound())
    assert not [each for each in judge(books) if each.rule == 4]


def test_a_withdrawn_ticket_is_a_reason_to_reject_late_money() -> None:
    books = doc("orders", "winner", createdAt=START + timedelta(minutes=2))(sound())
    told = withdrawal("sold", 1, at=START - timedelta(minutes=1))
    books = added(untold(books, TicketUpdated, of=["sold-1"]), "told", told)
    books = added(
        untold(books, TicketUpdated, of=["sold-2"]), "told", structs.replace(told, id="sold-2")
    )
    assert not [each for each in judge(books) if each.rule == 3]


def test_what_an_operator_gave_back_is_no_violation_but_what_orders_gave_back_is() -> None:
    books = doc("orders", "winner", refunded=True)(sound())
    books = doc("payments", "p-winner", status="refunded")(books)
    books = stripe("winner", refunded=PRICE)(books)
    assert not [each for each in judge(books) if each.rule == 2]

    books = added(books, "told", rejection("p-winner", "winner"))
    assert [each.rule for each in judge(books) if each.rule == 2] == [2]


def test_without_the_streams_beginning_nothing_is_missed_in_it() -> None:
    assert names(replace(sound(), told=None)) == []


def test_an_event_of_a_new_kind_needs_no_line_here() -> None:
    class TicketSeen(Event, frozen=True, tag="ticket.seen"):
        ticket_id: str

    class OrderMoved(Event, frozen=True, tag="order.moved"):
        order: str

    news: list[Event] = [
        TicketSeen(id="e-1", occurred_at=NOW, ticket_id="sold"),
        OrderMoved(id="e-2", occurred_at=NOW, order="winner"),
    ]
    assert names(added(sound(), "told", *news)) == []
    assert [event.about for event in news] == ["sold", ""]
