"""How events find the functions that handle them."""

import msgspec
import pytest

from ticketing.common.core.errors import NotYet, Refused
from ticketing.common.core.event import Event, subject
from ticketing.common.core.events import ExpirationCompleted, PaymentRejected
from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, EventRouter, Message
from ticketing.common.tests.conftest import LogLines
from ticketing.common.tests.things import NOON

EXPIRED = ExpirationCompleted(id="e-1", occurred_at=NOON, order_id="o")
REJECTED = PaymentRejected(
    id="p-1", occurred_at=NOON, payment_id="p", order_id="o", reason="too late"
)

events = EventRouter[list[str]]()


@events.on(ExpirationCompleted)
def end_hold(event: ExpirationCompleted, calls: list[str]) -> None:
    calls.append(f"ended {event.order_id}")


@events.on(PaymentRejected)
def give_back(event: PaymentRejected, calls: list[str]) -> None:
    calls.append(f"gave back {event.payment_id}")
    raise Refused(event.reason)


def sent(event: Event, body: bytes | None = None) -> Message:
    encoded = msgspec.json.encode(event) if body is None else body
    return Message(
        id=event.id, subject=subject(type(event)), body=encoded, correlation_id="request-1"
    )


def test_each_event_goes_to_its_own_handler() -> None:
    calls = list[str]()
    assert events.attempt(sent(EXPIRED), calls) == Done()
    assert events.attempt(sent(REJECTED), calls) == Done()
    assert calls == ["ended o", "gave back p"]


def test_the_subjects_are_those_that_have_a_handler() -> None:
    assert sorted(events.subjects) == ["expiration.completed", "payment.rejected"]
    assert EventRouter[None]().subjects == []


def following() -> EventRouter[list[str]]:
    """A router whose replica is declared last."""
    router = EventRouter[list[str]]()
    router.on(ExpirationCompleted)(end_hold)
    router.on(PaymentRejected)(give_back)
    router.on(ExpirationCompleted, replica=True)(note)
    return router


def note(event: ExpirationCompleted, calls: list[str]) -> None:
    calls.append(f"noted {event.order_id}")


def test_a_replica_is_brought_up_to_date_before_anything_else_follows() -> None:
    calls = list[str]()
    assert following().attempt(sent(EXPIRED), calls) == Done()
    assert calls == ["noted o", "ended o"]


def test_what_brings_replicas_up_to_date_can_be_had_alone() -> None:
    calls = list[str]()
    replicas = events.joined(following()).replicas
    assert replicas.subjects == ["expiration.completed"]
    replicas.handle(sent(EXPIRED), calls)
    assert calls == ["noted o"]


def test_nothing_follows_a_replica_that_fails() -> None:
    router, calls = following(), list[str]()

    @router.on(ExpirationCompleted, replica=True)
    def wait(event: ExpirationCompleted, _: list[str]) -> None:
        raise NotYet("later")

    assert router.attempt(sent(EXPIRED), calls) == Again(0.1)
    assert calls == ["noted o"]


def test_a_handler_stays_a_plain_function() -> None:
    calls = list[str]()
    end_hold(EXPIRED, calls)
    assert calls == ["ended o"]


def test_handle_lets_out_what_the_handler_raises() -> None:
    with pytest.raises(Refused, match="too late"):
        events.handle(sent(REJECTED), [])


def test_a_handler_that_raises_is_judged() -> None:
    late = EventRouter[None]()

    @late.on(ExpirationCompleted)
    def wait(event: ExpirationCompleted, _: None) -> None:
        raise NotYet("later")

    assert late.attempt(sent(EXPIRED), None) == Again(0.1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"id":"e","occurredAt":"yesterday","orderId":"o"}',
        b'{"id":"e","occurredAt":"2026-01-31T12:00:00Z","orderId":7}',
        b'{"subject":"order.created","id":"e","occurredAt":"2026-01-31T12:00:00Z","orderId":"o"}',
    ],
)
def test_a_body_that_is_not_the_event_is_not_done(body: bytes) -> None:
    calls = list[str]()
    assert isinstance(events.attempt(sent(EXPIRED, body), calls), Again)
    assert calls == []


@pytest.mark.parametrize("tries", [1, MAX_TRIES, 1000])
def test_an_event_without_a_handler_waits_for_the_version_that_has_one(tries: int) -> None:
    stray = Message(id="1", subject="order.created", body=b"{}", correlation_id="", tries=tries)
    verdict = events.attempt(stray, [])
    assert isinstance(verdict, Again)
    assert verdict.delay <= 60


def test_unknown_fields_are_ignored() -> None:
    fields = msgspec.json.decode(msgspec.json.encode(EXPIRED), type=dict)
    body = msgspec.json.encode({**fields, "added": {"later": True}})
    calls = list[str]()
    assert events.attempt(sent(EXPIRED, body), calls) == Done()
    assert calls == ["ended o"]


def test_what_a_handler_does_is_logged_with_the_correlation_id(log_lines: LogLines) -> None:
    events.attempt(sent(EXPIRED), [])
    events.attempt(sent(REJECTED), [])
    handled, refused = log_lines()
    assert handled["event"] == "event handled"
    assert (refused["event"], refused["reason"]) == ("event refused", "too late")
    for line, event in ((handled, EXPIRED), (refused, REJECTED)):
        assert line["correlation_id"] == "request-1"
        assert (line["event_id"], line["subject"]) == (event.id, subject(type(event)))


def test_a_handler_that_breaks_is_logged_with_its_traceback(log_lines: LogLines) -> None:
    broken = EventRouter[None]()

    @broken.on(ExpirationCompleted)
    def fail(event: ExpirationCompleted, _: None) -> None:
        raise ZeroDivisionError("oh")

    broken.attempt(sent(EXPIRED), None)
    (line,) = log_lines()
    assert (line["level"], line["event"]) == ("error", "event failed")
    assert "ZeroDivisionError: oh" in line["exception"]
