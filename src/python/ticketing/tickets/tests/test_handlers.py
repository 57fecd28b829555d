"""What becomes of a ticket as its orders come and go, in whatever order their news comes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.event import Event
from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, Park
from ticketing.common.runtime.service import Service
from ticketing.common.testing.services import (
    ENV,
    UNKNOWN_ID,
    Interrupted,
    TurnedClock,
    deliver,
    deliver_all,
    memory_database,
    take_events,
)
from ticketing.tickets.main import build
from ticketing.tickets.repository import OrderReplica, TicketRepository
from ticketing.tickets.service import Tickets
from ticketing.tickets.tests.orders import cancelled, completed, created, history

TICKET = "5c0a7922c9d89830f4911420"


def _service(database: Any = None) -> Service[Tickets]:
    """With one ticket, whose creation has been told."""
    database = memory_database() if database is None else database
    service = build(ENV, database, TurnedClock())
    service.prepare()
    seller = Tickets(
        TicketRepository(database["tickets"]),
        OrderReplica(database["orders"]),
        new_id=lambda: TICKET,
        clock=TurnedClock(),
    )
    seller.create(title="Concert", price=2050, user_id="seller")
    take_events(service)
    return service


def _holder(service: Service[Tickets]) -> str | None:
    return service.use_cases.get(TICKET).order_id


@pytest.fixture()
def service() -> Service[Tickets]:
    return _service()


def test_an_order_reserves_its_ticket_and_the_change_is_told(service: Service[Tickets]) -> None:
    assert deliver(service, created("a", TICKET)) == Done()
    assert _holder(service) == "a"
    [event] = take_events(service)
    assert event["subject"] == "ticket.updated"
    assert event["ticket"]["orderId"] == "a"
    assert event["ticket"]["version"] == 1


def test_a_cancelled_order_frees_its_ticket_and_the_change_is_told(
    service: Service[Tickets],
) -> None:
    deliver(service, created("a", TICKET))
    take_events(service)
    assert deliver(service, cancelled("a", TICKET)) == Done()
    assert _holder(service) is None
    [event] = take_events(service)
    assert "orderId" not in event["ticket"]
    assert event["ticket"]["version"] == 2


def test_a_completed_order_keeps_its_ticket(service: Service[Tickets]) -> None:
    deliver(service, created("a", TICKET))
    assert deliver(service, completed("a", TICKET)) == Done()
    assert _holder(service) == "a"


def test_an_order_paid_after_its_end_takes_its_ticket_again(service: Service[Tickets]) -> None:
    for event in history("a", TICKET, "late"):
        assert deliver(service, event) == Done()
    assert _holder(service) == "a"


def test_a_duplicate_changes_and_tells_nothing(service: Service[Tickets]) -> None:
    for event in (created("a", TICKET), cancelled("a", TICKET)):
        deliver(service, event)
        take_events(service)
        before = service.use_cases.get(TICKET)
        assert deliver(service, event) == Done()
        assert service.use_cases.get(TICKET) == before
        assert take_events(service) == []


def test_a_cancellation_before_its_creation_leaves_a_tombstone(service: Service[Tickets]) -> None:
    assert deliver(service, cancelled("a", TICKET)) == Done()
    assert deliver(service, created("a", TICKET)) == Done()
    assert _holder(service) is None
    assert service.use_cases.get(TICKET).version == 0


def test_the_next_order_waits_until_the_one_before_has_let_go(service: Service[Tickets]) -> None:
    deliver(service, created("a", TICKET))
    assert isinstance(deliver(service, created("b", TICKET)), Again)
    assert _holder(service) == "a"
    deliver(service, cancelled("a", TICKET))
    assert deliver(service, created("b", TICKET)) == Done()
    assert _holder(service) == "b"


def test_the_late_end_of_one_order_does_not_free_anothers_ticket(
    service: Service[Tickets],
) -> None:
    deliver(service, cancelled("a", TICKET))
    deliver(service, created("b", TICKET))
    assert deliver(service, cancelled("a", TICKET)) == Done()
    assert deliver(service, created("a", TICKET)) == Done()
    assert _holder(service) == "b"


def test_an_order_on_an_unknown_ticket_is_kept_for_an_operator_in_the_end(
    service: Service[Tickets],
) -> None:
    assert isinstance(deliver(service, created("a", UNKNOWN_ID), MAX_TRIES), Park)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Event], str | None]:
    """The news of consecutive orders on the ticket, in order, and which one has it in the end."""
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    last = draw(st.sampled_from(["on", "completed", "cancelled", "late"]))
    ends = dict.fromkeys(names, "cancelled") | {names[-1]: last}
    holder = None if last == "cancelled" else names[-1]
    if last == "cancelled" and draw(st.booleans()):
        holder = draw(st.sampled_from(names))
        ends[holder] = "late"
    return [event for name in names for event in history(name, TICKET, ends[name])], holder


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_shuffle_with_duplicates_ends_with_the_right_order(data: st.DataObject) -> None:
    events, holder = data.draw(stories())
    twice = data.draw(st.lists(st.sampled_from(events), max_size=4))
    service = _service()
    deliver_all(service, data.draw(st.permutations(events + twice)))
    ticket = service.use_cases.get(TICKET)
    assert ticket.order_id == holder
    told = take_events(service)
    assert [event["ticket"]["version"] for event in told] == list(range(1, ticket.version + 1))
    if told:
        assert told[-1]["ticket"].get("orderId") == holder


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_two_workers_at_once_end_with_the_right_order(data: st.DataObject) -> None:
    """The second handles some events in the midst of what the first does about another one."""
    events, holder = data.draw(stories())
    events = data.draw(st.permutations(events))
    cut = data.draw(st.integers(0, len(events) - 1))
    upto = data.draw(st.integers(cut + 1, len(events)))
    database = memory_database()
    second = _service(database)

    def step() -> None:
        for event in events[cut + 1 : upto]:
            deliver(second, event)

    meanwhile: Any = Interrupted(database, data.draw(st.integers(1, 9)), step)
    first = build(ENV, meanwhile, TurnedClock())
    for event in events[:cut]:
        deliver(second, event)
    deliver(first, events[cut])
    assert _holder(second) is None or _holds(database, _holder(second))
    deliver_all(second, events)
    assert _holder(second) == holder


def _holds(database: Any, order_id: str | None) -> bool:
    """Whether the order has not ended, as far as is known."""
    if order_id is None:
        return False
    return OrderReplica(database["orders"]).get(order_id).status != "cancelled"


@pytest.mark.parametrize("moment", range(1, 6))
def test_a_cancellation_in_the_midst_of_a_reservation_wins(moment: int) -> None:
    database = memory_database()
    second = _service(database)
    meanwhile: Any = Interrupted(database, moment, lambda: deliver(second, cancelled("a", TICKET)))
    deliver_all(build(ENV, meanwhile, TurnedClock()), [created("a", TICKET)])
    assert meanwhile.happened
    assert _holder(second) is None
