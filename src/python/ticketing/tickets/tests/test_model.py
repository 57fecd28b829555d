"""The rules of a ticket."""

from datetime import UTC
from datetime import datetime

import pytest

from ticketing.common.errors import NotAuthorized
from ticketing.common.errors import NotYet
from ticketing.common.errors import Refused
from ticketing.common.events import TicketCreated
from ticketing.common.events import TicketState
from ticketing.common.events import TicketUpdated
from ticketing.tickets.model import Ticket

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.fixture()
def ticket() -> Ticket:
    """On sale, saved, nothing left to tell."""
    ticket = Ticket.put_on_sale(id="t", title="Concert", price=2050, user_id="seller", now=NOW)
    ticket.saved()
    return ticket


def test_a_new_ticket_is_at_version_0_and_tells_its_whole_state() -> None:
    ticket = Ticket.put_on_sale(id="t", title="Concert", price=2050, user_id="seller", now=NOW)
    state = TicketState(id="t", title="Concert", price=20.5, user_id="seller", version=0)
    assert ticket.events == [TicketCreated(id="t-0", occurred_at=NOW, ticket=state)]
    assert ticket.version == 0


def test_an_edit_grows_the_version_by_one_and_tells_the_new_state(ticket: Ticket) -> None:
    ticket.edit(title="Opera", price=2000, user_id="seller", now=NOW)
    state = TicketState(id="t", title="Opera", price=20, user_id="seller", version=1)
    assert ticket.events == [TicketUpdated(id="t-1", occurred_at=NOW, ticket=state)]


def test_only_the_seller_can_edit(ticket: Ticket) -> None:
    with pytest.raises(NotAuthorized):
        ticket.edit(title="Opera", price=2000, user_id="other", now=NOW)
    assert not ticket.changed
    assert ticket.title == "Concert"


def test_a_reserved_ticket_cannot_be_edited(ticket: Ticket) -> None:
    ticket.reserve("o", NOW)
    with pytest.raises(Refused, match="You cannot edit a reserved ticket"):
        ticket.edit(title="Opera", price=2000, user_id="seller", now=NOW)
    assert ticket.title == "Concert"


def test_another_than_the_seller_does_not_learn_that_a_ticket_is_reserved(ticket: Ticket) -> None:
    ticket.reserve("o", NOW)
    with pytest.raises(NotAuthorized):
        ticket.edit(title="Opera", price=2000, user_id="other", now=NOW)


def test_reserving_names_the_order_in_the_event(ticket: Ticket) -> None:
    ticket.reserve("o", NOW)
    [event] = ticket.events
    assert isinstance(event, TicketUpdated)
    assert event.ticket.order_id == "o"
    assert event.ticket.version == 1


def test_reserving_twice_for_one_order_changes_nothing(ticket: Ticket) -> None:
    ticket.reserve("o", NOW)
    ticket.saved()
    ticket.reserve("o", NOW)
    assert not ticket.changed
    assert ticket.version == 1


def test_a_held_ticket_can_not_yet_be_reserved_for_another_order(ticket: Ticket) -> None:
    ticket.reserve("o", NOW)
    with pytest.raises(NotYet):
        ticket.reserve("other", NOW)
    assert ticket.order_id == "o"


def test_the_order_that_holds_a_ticket_can_let_go_of_it(ticket: Ticket) -> None:
    ticket.reserve("o", NOW)
    ticket.saved()
    ticket.release("o", NOW)
    [event] = ticket.events
    assert isinstance(event, TicketUpdated)
    assert event.ticket.order_id is None
    assert event.ticket.version == 2


def test_another_order_cannot_let_go_of_a_ticket(ticket: Ticket) -> None:
    ticket.reserve("o", NOW)
    ticket.saved()
    ticket.release("other", NOW)
    assert not ticket.changed
    assert ticket.order_id == "o"


def test_letting_go_of_a_free_ticket_changes_nothing(ticket: Ticket) -> None:
    ticket.release("o", NOW)
    assert not ticket.changed
