"""Rule 5: every replica converges to its source, and no committed change goes unpublished."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import structs

from ticketing.common.core.event import Event, State, subject
from ticketing.common.core.events import OrderState, OrderStatus, TicketState
from ticketing.common.storage.mapping import from_document, state_of
from ticketing.common.storage.mongo import Document
from ticketing.ops.books import Books, Copies
from ticketing.ops.violation import Violation

_END = {"cancelled": "order.cancelled", "complete": "order.completed"}
_MONEY = {"succeeded": ["payment.created"], "refunded": ["payment.created", "payment.refunded"]}


def check(books: Books) -> Iterator[Violation]:
    """Every copy that is not like its source, and every change that nobody was told of."""
    for copies in books.copies:
        yield from _compare(copies.keeper, copies.documents, _expected_copies(copies, books))
    yield from _compare("tickets itself", books.tickets, _sales(books))
    yield from _compare("orders itself", books.orders, _refunds(books))
    for name, count in books.waiting.items():
        if count:
            what = f"{count} events wait in the outboxes of {name}"
            yield Violation(rule=5, what=what, ids=(name,))
    if books.told is not None:
        yield from _untold(books, books.told)


def _compare(
    keeper: str, copies: Iterable[Document], expected: Mapping[str, Mapping[str, Any]]
) -> Iterator[Violation]:
    """What `keeper` has for each id, against what it should have; None is for no such field."""
    held = {str(copy["_id"]): copy for copy in copies}
    for id in sorted(held.keys() | expected.keys()):
        if id not in held:
            yield Violation(rule=5, what=f"{keeper} never heard of it", ids=(id,))
        elif id not in expected:
            yield Violation(rule=5, what=f"{keeper} knows what is not there", ids=(id,))
        else:
            fields = [name for name in expected[id] if held[id].get(name) != expected[id][name]]
            if fields:
                what = f"{keeper} differs in {', '.join(sorted(fields))}"
                yield Violation(rule=5, what=what, ids=(id,))


def _expected_copies(copies: Copies, books: Books) -> dict[str, Document]:
    """What is to be held of each source: what would be made of an event that told of it now.

    When it was told is known to the copy alone.
    """
    told_at = {copy["_id"]: copy.get("at") for copy in copies.documents}
    expected = {}
    for source in books.sources[copies.source]:
        state = _as_told(from_document(copies.model, source).state())
        copy = copies.copy(state, told_at.get(source["_id"]) or books.now)
        version = {"version": copy.version} if hasattr(copy, "version") else {}
        expected[str(source["_id"])] = {**state_of(copy), **version}
    return expected


def _as_told(state: State) -> State:
    """An order that awaits its payment tells nobody."""
    if isinstance(state, OrderState) and state.status is OrderStatus.AWAITING_PAYMENT:
        return structs.replace(state, status=OrderStatus.CREATED)
    return state


def _sales(books: Books) -> dict[str, Document]:
    """Tickets are held by, or sold to, the orders that have them."""
    active = {str(o["ticket"]["id"]): o for o in books.orders if o["status"] != "cancelled"}
    return {str(ticket["_id"]): _sale(active.get(ticket["_id"])) for ticket in books.tickets}


def _sale(order: Document | None) -> Document:
    if order is None:
        return dict.fromkeys(("orderId", "heldUntil", "soldFor"))
    if order["status"] == "complete":
        return {"orderId": order["_id"], "heldUntil": None, "soldFor": order["ticket"]["price"]}
    return {"orderId": order["_id"], "heldUntil": order["expiresAt"], "soldFor": None}


def _refunds(books: Books) -> dict[str, Document]:
    """Orders know which payment they were paid by, and whether the money went back."""
    payments = {str(payment["orderId"]): payment for payment in books.payments}
    return {
        str(order["_id"]): _receipt(payments.get(order["_id"], {"status": "none"}))
        for order in books.orders
    }


def _receipt(payment: Document) -> Document:
    paid = payment["status"] in ("succeeded", "refunded")
    refunded = payment["status"] == "refunded"
    return {"paymentId": payment["_id"] if paid else None, "refunded": refunded}


def _untold(books: Books, told: Iterable[Event]) -> Iterator[Violation]:
    """Changes that the stream does not know of."""
    states = (event.state for event in told)
    tickets = {(each.id, each.version) for each in states if isinstance(each, TicketState)}
    for ticket in books.tickets:
        for version in range(ticket["version"] + 1):
            if (ticket["_id"], version) not in tickets:
                what = f"nobody was told of version {version} of a ticket"
                yield Violation(rule=5, what=what, ids=(ticket["_id"],))
    heard = Counter((subject(type(event)), event.about) for event in told)
    for kind, id, count in _expected_events(books):
        if heard[kind, id] < count:
            yield Violation(rule=5, what=f"{kind} was not told", ids=(id,))


def _expected_events(books: Books) -> Iterator[tuple[str, str, int]]:
    """What has to have been told of each order and payment, and how many times at least."""
    for order in books.orders:
        yield "order.created", order["_id"], 1
        if order["status"] in _END:
            yield _END[order["status"]], order["_id"], 1
        if order["status"] == "cancelled" and order.get("paymentId"):
            yield "payment.rejected", order["paymentId"], 1
    for payment in books.payments:
        yield "payment.started", payment["_id"], payment["attempts"]
        for kind in _MONEY.get(payment["status"], ()):
            yield kind, payment["_id"], 1
