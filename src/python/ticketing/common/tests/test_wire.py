"""How messages look on NATS, also those that nobody of ours has sent."""

from datetime import UTC, datetime

import pytest

from ticketing.common.messaging import wire
from ticketing.common.messaging.bus import Message

SENT = Message(id="e-1", subject="order.created", body=b"{}", correlation_id="c-1", tries=7)


def as_received(draft: wire.Draft) -> Message:
    headers = {"Nats-Msg-Id": draft.id, **draft.headers}
    return wire.received(draft.subject, draft.body, headers, id="9")


def test_an_event_arrives_as_it_was_sent() -> None:
    got = as_received(wire.event(SENT))
    assert got == Message(id="e-1", subject="order.created", body=b"{}", correlation_id="c-1")


def test_a_copy_is_the_message_itself_and_goes_on_counting() -> None:
    draft = wire.copy("x", "tickets", SENT, tries=6)
    assert draft.subject == "again.tickets.order.created"
    assert as_received(draft) == SENT


def test_a_copy_says_when_it_is_due() -> None:
    noon = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    assert wire.due(wire.copy("x", "tickets", SENT, tries=6, due=noon).headers) == noon
    assert wire.due(wire.copy("x", "tickets", SENT, tries=6).headers) is None


@pytest.mark.parametrize("headers", [None, {}, {"Tries": "x", "Due": "x"}, {"Tries": "-1"}])
def test_strange_headers_kill_no_worker(headers: dict[str, str] | None) -> None:
    got = wire.received("again.tickets.order.created", None, headers, id="9")
    assert got == Message(id="9", subject="order.created", body=b"", correlation_id="")
    assert wire.due(headers) is None


def test_a_copy_for_nobody_can_be_looked_at() -> None:
    got = wire.received("again.x", b"", {}, id="9")
    assert got.subject == "x"


@pytest.mark.parametrize("text", ["2026-01-31", "12:00", "2026-01-31T12:00:00", "²", ""])
def test_a_due_time_without_a_zone_is_none(text: str) -> None:
    assert wire.due({"Due": text}) is None


def test_a_reason_is_one_line_of_bounded_length() -> None:
    draft = wire.dead_letter("x", "TICKETING", "tickets", SENT, f"a\r\n b{'c' * 5000}")
    assert draft.subject == "dead.TICKETING.tickets.order.created"
    assert draft.headers["Reason"].startswith("a bccc")
    assert len(draft.headers["Reason"]) == wire.REASON


def test_a_reason_that_cannot_be_encoded_is_parked_all_the_same() -> None:
    draft = wire.dead_letter("x", "TICKETING", "tickets", SENT, "no such title: \ud800")
    assert draft.headers["Reason"] == "no such title: ?"
