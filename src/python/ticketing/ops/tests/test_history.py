"""What of the stream belongs to the story of an order, and what is said of it."""

from datetime import timedelta

import msgspec
import pytest

from ticketing.common.core.event import Event, State, subject
from ticketing.common.core.events import (
    EVENTS,
    ExpirationCompleted,
    OrderCancelled,
    OrderCreated,
    PaymentCreated,
    PaymentState,
    SessionEnded,
    SessionState,
    TicketState,
    TicketUpdated,
)
from ticketing.common.messaging.bus import Message
from ticketing.ops.broker import Published
from ticketing.ops.history import Events
from ticketing.ops.tests.bookkeeping import START, order_event, rejection

ORDER = "6b0370b449ad1210ca7c799a"
TICKET = "6b0370b449ad1210ca7c7a00"


def published(subject: str, body: bytes, *, copy: str = "") -> Published:
    message = Message(id="m", subject=subject, body=body, correlation_id="c")
    return Published(
        number=1, at=START, message=message, subject=f"again.{copy}.{subject}" if copy else subject
    )


def told(event: Event) -> Published:
    return published(subject(type(event)), msgspec.json.encode(event))


def ticket(version: int, order_id: str | None) -> Published:
    state = TicketState(
        id=TICKET, title="x", price=20, user_id="u", version=version, order_id=order_id
    )
    return told(TicketUpdated(id=f"t-{version}", occurred_at=START, ticket=state))


def story(*stream: Published) -> list[tuple[str, str, str]]:
    events = Events(ORDER, TICKET)
    entries = [entry for each in stream if (entry := events.take(each))]
    return [(entry.where, entry.what, entry.detail) for entry in entries]


def test_of_its_ticket_a_story_has_what_happened_while_the_order_held_it() -> None:
    stream = [ticket(0, None), ticket(1, ORDER), ticket(2, None), ticket(3, "another")]
    assert story(*stream) == [
        ("tickets", "ticket.updated", "held, version 1"),
        ("tickets", "ticket.updated", "free, version 2"),
    ]


def test_events_of_others_are_left_out() -> None:
    ended = SessionState(id="s", user_id="u", version=1)
    of_session = told(SessionEnded(id="s-1", occurred_at=START, session=ended))
    of_rival = told(order_event(OrderCreated, "rival", TICKET))
    assert story(ticket(1, ORDER), of_rival, of_session)[1:] == []


def test_a_payment_has_no_story_of_an_order() -> None:
    paid = PaymentState(id=ORDER, order_id="another", stripe_id="pi", amount=20)
    of_payment = told(PaymentCreated(id="p-1", occurred_at=START, payment=paid))
    assert story(of_payment, told(rejection(ORDER, "another"))) == []


def test_who_tells_of_an_event_is_read_from_the_declarations() -> None:
    expired = ExpirationCompleted(id="e", occurred_at=START, order_id=ORDER)
    assert story(told(expired), told(rejection("p", ORDER))) == [
        ("expiration", "expiration.completed", ""),
        ("orders", "payment.rejected", "too late"),
    ]


def test_a_copy_and_what_was_published_late_are_said_to_be_so() -> None:
    cancelled = order_event(OrderCancelled, ORDER, TICKET)
    early = msgspec.structs.replace(cancelled, occurred_at=START - timedelta(seconds=60))
    copy = published("order.cancelled", msgspec.json.encode(early), copy="payments")
    assert [detail for *_, detail in story(told(early), copy)] == [
        "created, version 0, published 60 s after it happened",
        "again, for payments only, created, version 0",
    ]


@pytest.mark.parametrize("body", [f'{{"ticket": "{TICKET}"', f'{{"id": "{ORDER}"}}'])
def test_what_cannot_be_read_is_shown(body: str) -> None:
    found = story(published("ticket.updated", body.encode()))
    assert found == [("tickets", "ticket.updated", "cannot be read")]


@pytest.mark.parametrize(("subject", "source"), [("order.merged", "orders"), ("seat.taken", "")])
def test_a_kind_of_event_that_only_a_newer_version_knows_is_shown(
    subject: str, source: str
) -> None:
    found = story(published(subject, f'{{"seat": {{"orderId": "{ORDER}"}}}}'.encode()))
    assert found == [(source, subject, "of a kind that is not known here")]


def test_an_event_of_a_new_kind_needs_no_line_here(monkeypatch: pytest.MonkeyPatch) -> None:
    class Seat(State, frozen=True):
        id: str
        version: int

    class TicketSeen(Event, frozen=True, tag="ticket.seen"):
        ticket_id: str

    class OrderSeated(Event, frozen=True, tag="order.seated"):
        order_id: str
        seat: Seat

    for kind in (TicketSeen, OrderSeated):
        monkeypatch.setitem(EVENTS, subject(kind), kind)
    seen = told(TicketSeen(id="e-1", occurred_at=START, ticket_id=TICKET))
    seated = OrderSeated(id="e-2", occurred_at=START, order_id=ORDER, seat=Seat(id="s", version=7))
    assert story(seen, ticket(1, ORDER), seen, told(seated))[1:] == [
        ("tickets", "ticket.seen", ""),
        ("orders", "order.seated", "version 7"),
    ]
