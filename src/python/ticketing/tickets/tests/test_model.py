"""The rules of a ticket."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ticketing.common.core.errors import NotAuthorized, NotYet, Refused
from ticketing.common.core.events import OrderStatus, TicketCreated, TicketState, TicketUpdated
from ticketing.tickets.model import Order, Ticket

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=60)
HELD = Order(id="o", status=OrderStatus.CREATED, expires_at=LATER, price=2050, at=NOW)
ENDED = replace(HELD, status=OrderStatus.CANCELLED)
SOLD = replace(HELD, status=OrderStatus.COMPLETE, at=LATER)


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


@pytest.mark.parametrize("verb", ["edit", "withdraw", "relist"])
@pytest.mark.parametrize("order", [HELD, SOLD], ids=["held", "sold"])
def test_a_reserved_ticket_stays_as_it_is(ticket: Ticket, verb: str, order: Order) -> None:
    ticket.follow(order, NOW)
    ticket.saved()
    with pytest.raises(Refused, match=f"You cannot {verb} a reserved ticket"):
        _do(ticket, verb, "seller")
    assert not ticket.changed
    assert (ticket.title, ticket.withdrawn) == ("Concert", False)


@pytest.mark.parametrize("verb", ["edit", "withdraw", "relist"])
def test_another_than_the_seller_does_not_learn_that_a_ticket_is_reserved(
    ticket: Ticket, verb: str
) -> None:
    ticket.follow(HELD, NOW)
    with pytest.raises(NotAuthorized):
        _do(ticket, verb, "other")


def test_a_withdrawn_ticket_is_not_on_sale_until_it_is_relisted(ticket: Ticket) -> None:
    on_sale = [ticket.on_sale]
    ticket.withdraw(user_id="seller", now=NOW)
    on_sale.append(ticket.on_sale)
    ticket.relist(user_id="seller", now=NOW)
    on_sale.append(ticket.on_sale)
    assert on_sale == [True, False, True]
    first, second = ticket.events
    assert isinstance(first, TicketUpdated)
    assert isinstance(second, TicketUpdated)
    assert (first.ticket.version, first.ticket.withdrawn) == (1, True)
    assert (second.ticket.version, second.ticket.withdrawn) == (2, False)


def test_withdrawing_or_relisting_twice_changes_nothing(ticket: Ticket) -> None:
    ticket.relist(user_id="seller", now=NOW)
    assert not ticket.changed
    ticket.withdraw(user_id="seller", now=NOW)
    ticket.saved()
    ticket.withdraw(user_id="seller", now=NOW)
    assert not ticket.changed


def test_a_withdrawn_ticket_can_be_edited(ticket: Ticket) -> None:
    ticket.withdraw(user_id="seller", now=NOW)
    ticket.edit(title="Opera", price=2000, user_id="seller", now=NOW)
    assert (ticket.title, ticket.withdrawn) == ("Opera", True)


def test_an_order_that_was_quicker_than_the_withdrawal_has_its_ticket(ticket: Ticket) -> None:
    ticket.withdraw(user_id="seller", now=NOW)
    ticket.follow(HELD, NOW)
    assert (ticket.order_id, ticket.withdrawn) == ("o", True)
    ticket.follow(ENDED, NOW)
    assert (ticket.order_id, ticket.withdrawn, ticket.on_sale) == (None, True, False)
    ticket.follow(SOLD, NOW)
    assert (ticket.order_id, ticket.sold_for) == ("o", 2050)


def test_reserving_names_the_order_and_its_end_in_the_event(ticket: Ticket) -> None:
    ticket.follow(HELD, NOW)
    [event] = ticket.events
    assert isinstance(event, TicketUpdated)
    assert (event.ticket.order_id, event.ticket.held_until) == ("o", LATER)
    assert (event.ticket.version, event.ticket.sold_at) == (1, None)


def test_a_sale_tells_its_time_and_its_price_and_ends_the_hold(ticket: Ticket) -> None:
    ticket.follow(HELD, NOW)
    ticket.saved()
    ticket.follow(SOLD, LATER)
    [event] = ticket.events
    assert isinstance(event, TicketUpdated)
    sold = event.ticket
    assert (sold.order_id, sold.held_until) == ("o", None)
    assert (sold.sold_at, sold.sold_for) == (LATER, 20.5)


@pytest.mark.parametrize("order", [HELD, SOLD], ids=["held", "sold"])
def test_following_an_order_twice_changes_nothing(ticket: Ticket, order: Order) -> None:
    ticket.follow(order, NOW)
    ticket.saved()
    ticket.follow(order, LATER)
    assert not ticket.changed
    assert ticket.version == 1


@pytest.mark.parametrize("other", [HELD, SOLD], ids=["held", "sold"])
@pytest.mark.parametrize("order", [HELD, SOLD], ids=["held", "sold"])
def test_a_held_ticket_can_not_yet_be_had_by_another_order(
    ticket: Ticket, order: Order, other: Order
) -> None:
    ticket.follow(order, NOW)
    ticket.saved()
    with pytest.raises(NotYet):
        ticket.follow(replace(other, id="other"), NOW)
    assert not ticket.changed
    assert ticket.order_id == "o"


def test_the_order_that_holds_a_ticket_can_let_go_of_it(ticket: Ticket) -> None:
    ticket.follow(HELD, NOW)
    ticket.saved()
    ticket.follow(ENDED, NOW)
    [event] = ticket.events
    assert isinstance(event, TicketUpdated)
    assert (event.ticket.order_id, event.ticket.held_until) == (None, None)
    assert event.ticket.version == 2


def test_another_order_cannot_let_go_of_a_ticket(ticket: Ticket) -> None:
    ticket.follow(HELD, NOW)
    ticket.saved()
    ticket.follow(replace(ENDED, id="other"), NOW)
    assert not ticket.changed
    assert ticket.order_id == "o"


@pytest.mark.parametrize("older", [HELD, ENDED], ids=["held", "ended"])
def test_a_sale_is_for_good_whatever_a_slower_worker_still_knows(
    ticket: Ticket, older: Order
) -> None:
    ticket.follow(SOLD, NOW)
    ticket.saved()
    ticket.follow(older, NOW)
    assert not ticket.changed
    assert ticket.sold_at == LATER


def test_letting_go_of_a_free_ticket_changes_nothing(ticket: Ticket) -> None:
    ticket.follow(ENDED, NOW)
    assert not ticket.changed


def _do(ticket: Ticket, verb: str, user_id: str) -> None:
    change = {"title": "Opera", "price": 2000} if verb == "edit" else {}
    getattr(ticket, verb)(**change, user_id=user_id, now=NOW)
