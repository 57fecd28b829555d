"""The books of a small platform at rest, as its services would have written them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from ticketing.common.core.event import Event, subject
from ticketing.common.core.events import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderedTicket,
    OrderState,
    OrderStatus,
    PaymentCreated,
    PaymentRefunded,
    PaymentRejected,
    PaymentStarted,
    PaymentState,
    TicketState,
    TicketUpdated,
)
from ticketing.common.storage.mongo import Document
from ticketing.ops.books import Books, Charge, Copies
from ticketing.orders import model as orders
from ticketing.orders.repository import TicketReplica
from ticketing.payments.repository import OrderReplica as OrdersAtPayments
from ticketing.tickets import model as tickets
from ticketing.tickets.repository import OrderReplica as OrdersAtTickets

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NOW = START + timedelta(hours=1)
PRICE = 2000


def sound() -> Books:
    """A ticket sold at the second try of `winner`, late money of `loser` given back, one free."""
    events = [
        *(_ticket_event("sold", version) for version in range(4)),
        _ticket_event("free", 0),
        *(order_event(kind, "loser") for kind in (OrderCreated, OrderCancelled)),
        *(order_event(kind, "winner") for kind in (OrderCreated, OrderCompleted)),
        _payment_event(PaymentStarted, "p-loser", 0),
        _payment_event(PaymentCreated, "p-loser", 1),
        rejection("p-loser", "loser"),
        _payment_event(PaymentRefunded, "p-loser", 2),
        _payment_event(PaymentStarted, "p-winner", 0),
        _payment_event(PaymentStarted, "p-winner", 1),
        _payment_event(PaymentCreated, "p-winner", 2),
    ]
    return Books(
        now=NOW,
        sources={
            "tickets": [
                _ticket("sold", 3, orderId="winner", soldAt=START, soldFor=PRICE),
                _ticket("free", 0),
            ],
            "orders": [
                _order("loser", "cancelled", paymentId="p-loser", refunded=True),
                _order("winner", "complete", paymentId="p-winner", reserves="sold"),
            ],
            "payments": [
                _payment("p-loser", "loser", "refunded", attempts=1),
                _payment("p-winner", "winner", "succeeded", attempts=2),
            ],
        },
        copies=[
            Copies(
                keeper="orders",
                source="tickets",
                model=tickets.Ticket,
                copy=TicketReplica.copy,
                documents=[_ticket("sold", 3), _ticket("free", 0)],
            ),
            *(
                Copies(
                    keeper=keeper,
                    source="orders",
                    model=orders.Order,
                    copy=copy,
                    documents=[_copy("loser", "cancelled"), _copy("winner", "complete")],
                )
                for keeper, copy in (
                    ("tickets", OrdersAtTickets.copy),
                    ("payments", OrdersAtPayments.copy),
                )
            ),
        ],
        charges=[
            Charge(id="ch-loser", order_id="loser", amount=PRICE, refunded=PRICE),
            Charge(id="ch-winner", order_id="winner", amount=PRICE),
        ],
        told=events,
        waiting={"tickets": 0, "orders": 0},
    )


def changed(books: Books, kind: str, id: str, **fields: Any) -> Books:
    """The books with one document of `kind` changed; None takes a field away."""
    documents = [
        _without_none({**each, **fields}) if each["_id"] == id else each
        for each in _documents(books, kind)
    ]
    return _with(books, kind, documents)


def without(books: Books, kind: str, id: str) -> Books:
    return _with(books, kind, [each for each in _documents(books, kind) if each["_id"] != id])


def added(books: Books, kind: str, *documents: Any) -> Books:
    return _with(books, kind, [*_documents(books, kind), *documents])


def untold(books: Books, kind: type[Event], *, of: Sequence[str] = ()) -> Books:
    """The books without the events of a kind, or without those of it with the ids `of`."""
    told = [
        each
        for each in books.told or ()
        if not isinstance(each, kind) or (of and each.id not in of)
    ]
    return replace(books, told=told)


def order(id: str, status: str, **fields: Any) -> Document:
    return _order(id, status, **fields)


def payment(id: str, order_id: str, status: str, **fields: Any) -> Document:
    return _payment(id, order_id, status, attempts=1, **fields)


def order_event(
    kind: type[OrderCreated | OrderCancelled | OrderCompleted], id: str, ticket_id: str = "sold"
) -> Event:
    state = OrderState(
        id=id,
        user_id="buyer",
        status=OrderStatus.CREATED,
        expires_at=START + timedelta(minutes=1),
        version=0,
        ticket=OrderedTicket(id=ticket_id, price=20),
    )
    return kind(id=f"{id}-{subject(kind)}", occurred_at=START, order=state)


def withdrawal(ticket_id: str, version: int, *, at: datetime) -> Event:
    told = _ticket_event(ticket_id, version)
    state = structs.replace(told.ticket, withdrawn=True)
    return structs.replace(told, occurred_at=at, ticket=state)


def rejection(payment_id: str, order_id: str) -> Event:
    id = f"{order_id}-rejection"
    return PaymentRejected(
        id=id, occurred_at=START, payment_id=payment_id, order_id=order_id, reason="too late"
    )


def _documents(books: Books, kind: str) -> list[Any]:
    """Of a source, such as "orders", of a replica, such as "orders_at_tickets", or told events."""
    if kind in books.sources:
        return books.sources[kind]
    found = [each.documents for each in books.copies if _kind(each) == kind]
    return found[0] if found else list(getattr(books, kind))


def _with(books: Books, kind: str, documents: list[Any]) -> Books:
    if kind in books.sources:
        return replace(books, sources={**books.sources, kind: documents})
    copies = [
        replace(each, documents=documents) if _kind(each) == kind else each for each in books.copies
    ]
    fields: Document = {} if copies != books.copies else {kind: documents}
    return replace(books, copies=copies, **fields)


def _kind(copies: Copies) -> str:
    return f"{copies.source}_at_{copies.keeper}"


def _ticket(id: str, version: int, **fields: Any) -> Document:
    return {
        "_id": id,
        "version": version,
        "title": "A concert",
        "price": PRICE,
        "userId": "seller",
        "withdrawn": False,
        **fields,
    }


def _order(id: str, status: str, **fields: Any) -> Document:
    return {
        "_id": id,
        "version": 2,
        "userId": "buyer",
        "status": status,
        "createdAt": START,
        "expiresAt": START + timedelta(minutes=1),
        "ticket": {
            "id": "sold",
            "version": 0,
            "title": "A concert",
            "price": PRICE,
            "userId": "seller",
        },
        "refunded": False,
        **fields,
    }


def _copy(id: str, status: str) -> Document:
    expires_at = START + timedelta(minutes=1)
    as_told = {"status": status, "expiresAt": expires_at, "price": PRICE, "amount": PRICE}
    return {"_id": id, "version": 1, "userId": "buyer", "at": START, **as_told}


def _payment(id: str, order_id: str, status: str, **fields: Any) -> Document:
    return {
        "_id": id,
        "version": 3,
        "orderId": order_id,
        "amount": PRICE,
        "status": status,
        "intentId": f"pi-{id}",
        **fields,
    }


def _ticket_event(id: str, version: int) -> TicketUpdated:
    state = TicketState(id=id, title="A concert", price=20, user_id="seller", version=version)
    return TicketUpdated(id=f"{id}-{version}", occurred_at=START, ticket=state)


def _payment_event(
    kind: type[PaymentStarted | PaymentCreated | PaymentRefunded], id: str, version: int
) -> Event:
    state = PaymentState(id=id, order_id=id.removeprefix("p-"), stripe_id=f"pi-{id}", amount=20)
    return kind(id=f"{id}-{version}", occurred_at=START, payment=state)


def _without_none(document: Document) -> Document:
    return {name: value for name, value in document.items() if value is not None}
