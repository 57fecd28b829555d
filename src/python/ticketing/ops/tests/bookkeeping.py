"""The books of a small platform at rest, as its services would have written them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ticketing.ops.books import Books, Charge
from ticketing.ops.events import Json

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NOW = START + timedelta(hours=1)
PRICE = 2000


def sound() -> Books:
    """A ticket sold at the second try of `winner`, late money of `loser` given back, one free."""
    events = [
        *_ticket_events("sold", 3, orderId="winner"),
        *_ticket_events("free", 0),
        *_order_events("loser", "order.created", "order.cancelled"),
        *_order_events("winner", "order.created", "order.completed"),
        _payment_event("payment.started", "p-loser", 0),
        _payment_event("payment.created", "p-loser", 1),
        {**_event("payment.rejected", "loser-r"), "paymentId": "p-loser", "orderId": "loser"},
        _payment_event("payment.refunded", "p-loser", 2),
        _payment_event("payment.started", "p-winner", 0),
        _payment_event("payment.started", "p-winner", 1),
        _payment_event("payment.created", "p-winner", 2),
    ]
    return Books(
        now=NOW,
        tickets=[
            _ticket("sold", 3, orderId="winner", soldAt=START, soldFor=PRICE),
            _ticket("free", 0),
        ],
        orders=[
            _order("loser", "cancelled", paymentId="p-loser", refunded=True),
            _order("winner", "complete", paymentId="p-winner", reserves="sold"),
        ],
        payments=[
            _payment("p-loser", "loser", "refunded", attempts=1),
            _payment("p-winner", "winner", "succeeded", attempts=2),
        ],
        tickets_at_orders=[
            _ticket("sold", 3),
            _ticket("free", 0),
        ],
        orders_at_tickets=[_copy("loser", "cancelled"), _copy("winner", "complete")],
        orders_at_payments=[_copy("loser", "cancelled"), _copy("winner", "complete")],
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
        for each in getattr(books, kind)
    ]
    return _with(books, kind, documents)


def without(books: Books, kind: str, id: str) -> Books:
    return _with(books, kind, [each for each in getattr(books, kind) if each["_id"] != id])


def added(books: Books, kind: str, *documents: Any) -> Books:
    return _with(books, kind, [*getattr(books, kind), *documents])


def untold(books: Books, subject: str, *, of: Sequence[str] = ()) -> Books:
    """The books without the events of a subject, or only those with the ids `of`."""
    told = [
        each
        for each in books.told or ()
        if each["subject"] != subject or (of and each["id"] not in of)
    ]
    return replace(books, told=told)


def order(id: str, status: str, **fields: Any) -> Json:
    return _order(id, status, **fields)


def payment(id: str, order_id: str, status: str, **fields: Any) -> Json:
    return _payment(id, order_id, status, attempts=1, **fields)


def order_event(subject: str, id: str, ticket_id: str = "sold") -> Json:
    state = {"id": id, "ticket": {"id": ticket_id, "price": 20}}
    return {**_event(subject, f"{id}-{subject}"), "order": state}


def withdrawal(ticket_id: str, version: int, *, at: datetime) -> Json:
    state = {"id": ticket_id, "version": version, "withdrawn": True}
    told = _event("ticket.updated", f"{ticket_id}-{version}")
    return {**told, "occurredAt": at.isoformat(), "ticket": state}


def _with(books: Books, kind: str, documents: list[Any]) -> Books:
    fields: Json = {kind: documents}
    return replace(books, **fields)


def _ticket(id: str, version: int, **fields: Any) -> Json:
    return {
        "_id": id,
        "version": version,
        "title": "A concert",
        "price": PRICE,
        "userId": "seller",
        "withdrawn": False,
        **fields,
    }


def _order(id: str, status: str, **fields: Any) -> Json:
    return {
        "_id": id,
        "version": 2,
        "userId": "buyer",
        "status": status,
        "createdAt": START,
        "expiresAt": START + timedelta(minutes=1),
        "ticket": {"id": "sold", "price": PRICE},
        "refunded": False,
        **fields,
    }


def _copy(id: str, status: str) -> Json:
    expires_at = START + timedelta(minutes=1)
    as_told = {"status": status, "expiresAt": expires_at, "price": PRICE, "amount": PRICE}
    return {"_id": id, "version": 1, "userId": "buyer", **as_told}


def _payment(id: str, order_id: str, status: str, **fields: Any) -> Json:
    return {
        "_id": id,
        "version": 3,
        "orderId": order_id,
        "amount": PRICE,
        "status": status,
        "intentId": f"pi-{id}",
        **fields,
    }


def _event(subject: str, id: str) -> Json:
    return {"subject": subject, "id": id, "occurredAt": START.isoformat()}


def _ticket_events(id: str, newest: int, **fields: Any) -> list[Json]:
    return [
        {
            **_event("ticket.updated" if version else "ticket.created", f"{id}-{version}"),
            "ticket": {"id": id, "version": version, **fields},
        }
        for version in range(newest + 1)
    ]


def _order_events(id: str, *subjects: str) -> list[Json]:
    return [order_event(subject, id) for subject in subjects]


def _payment_event(subject: str, id: str, version: int) -> Json:
    return {**_event(subject, f"{id}-{version}"), "payment": {"id": id}}


def _without_none(document: Json) -> Json:
    return {name: value for name, value in document.items() if value is not None}
