"""Taking a ticket off sale, and putting it back."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.common.core.errors import NotAuthorized, NotFound, Refused
from ticketing.common.messaging.bus import Done
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import MALFORMED_IDS, entries_of, errors_of
from ticketing.common.testing.services import (
    ENV,
    UNKNOWN_ID,
    Interrupted,
    TurnedClock,
    client_of,
    deliver,
    deliver_all,
    memory_database,
    take_events,
)
from ticketing.tickets.main import build
from ticketing.tickets.model import TicketHeld
from ticketing.tickets.service import Tickets
from ticketing.tickets.tests.orders import cancelled, completed, created

VERBS = ["withdraw", "relist"]
MOMENTS = range(1, 9)


def _sell(service: Service[Tickets]) -> str:
    return service.use_cases.create(title="Concert", price=2050, user_id="seller").id


def _post(client: FlaskClient, id: str, verb: str, status: int = 200) -> Any:
    reply = client.post(f"/api/tickets/{id}/{verb}")
    if status != 200:
        return errors_of(reply, status)
    assert reply.status_code == 200
    return reply.get_json()


def test_a_withdrawn_ticket_is_shown_but_not_listed_until_it_is_relisted(
    seller: FlaskClient, anyone: FlaskClient, service: Service[Tickets]
) -> None:
    id = _sell(service)
    shown = anyone.get(f"/api/tickets/{id}").get_json()
    withdrawn = _post(seller, id, "withdraw")
    assert withdrawn == {**shown, "version": 1, "withdrawn": True}
    assert anyone.get(f"/api/tickets/{id}").json == withdrawn
    assert anyone.get("/api/tickets").json == []
    assert _post(seller, id, "relist") == {**shown, "version": 2}
    assert anyone.get("/api/tickets").json == [{**shown, "version": 2}]


def test_withdrawing_and_relisting_are_told(seller: FlaskClient, service: Service[Tickets]) -> None:
    id = _sell(service)
    shown = [_post(seller, id, verb) for verb in VERBS]
    told = take_events(service)[1:]
    assert [event["ticket"] for event in told] == shown


@pytest.mark.parametrize("verb", VERBS)
def test_doing_it_twice_changes_and_tells_nothing(
    seller: FlaskClient, service: Service[Tickets], verb: str
) -> None:
    id = _sell(service)
    first = _post(seller, id, verb)
    take_events(service)
    assert _post(seller, id, verb) == first
    assert take_events(service) == []


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("id", [UNKNOWN_ID, *MALFORMED_IDS])
def test_an_unknown_or_malformed_id_is_not_found(seller: FlaskClient, id: str, verb: str) -> None:
    assert _post(seller, id, verb, 404) == entries_of(NotFound())


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("news", [created, completed])
def test_it_is_checked_in_the_contracts_order(
    seller: FlaskClient, anyone: FlaskClient, service: Service[Tickets], verb: str, news: Any
) -> None:
    other = client_of(service, "other")
    id = _sell(service)
    deliver(service, news("o", id))
    assert _post(anyone, UNKNOWN_ID, verb, 401) == entries_of(NotAuthorized())
    assert _post(other, UNKNOWN_ID, verb, 404) == entries_of(NotFound())
    assert _post(other, id, verb, 401) == entries_of(NotAuthorized())
    refusal = entries_of(TicketHeld(verb=verb))
    assert _post(seller, id, verb, 400) == refusal
    assert "withdrawn" not in seller.get(f"/api/tickets/{id}").get_json()


@pytest.mark.parametrize("verb", VERBS)
def test_another_method_is_not_found(seller: FlaskClient, verb: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        errors_of(seller.open(f"/api/tickets/{UNKNOWN_ID}/{verb}", method=method), 404)


def test_no_body_is_looked_at(seller: FlaskClient, service: Service[Tickets]) -> None:
    id = _sell(service)
    for verb in VERBS:
        reply = seller.post(f"/api/tickets/{id}/{verb}", data=b"{", content_type="text/plain")
        assert reply.status_code == 200


def test_a_buyer_who_was_quicker_gets_the_ticket(service: Service[Tickets]) -> None:
    tickets = service.use_cases
    id = _sell(service)
    tickets.withdraw(id, user_id="seller")
    assert deliver(service, created("o", id)) == Done()
    assert (tickets.get(id).order_id, tickets.get(id).withdrawn) == ("o", True)
    for verb in (tickets.withdraw, tickets.relist):
        with pytest.raises(Refused):
            verb(id, user_id="seller")
    assert deliver(service, completed("o", id)) == Done()
    assert tickets.get(id).sold_for == 2050


def test_a_quicker_order_that_ends_leaves_the_ticket_withdrawn(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    id = _sell(service)
    _post(seller, id, "withdraw")
    deliver_all(service, [created("o", id), cancelled("o", id)])
    assert seller.get("/api/tickets").json == []
    shown = seller.get(f"/api/tickets/{id}").get_json()
    assert shown["withdrawn"] is True
    assert "orderId" not in shown
    assert "heldUntil" not in shown
    _post(seller, id, "relist")
    assert len(seller.get("/api/tickets").get_json()) == 1


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("end", [[], [cancelled], [completed]], ids=["on", "cancelled", "sold"])
def test_an_order_in_the_midst_of_a_withdrawal_loses_neither(moment: int, end: list[Any]) -> None:
    database = memory_database()
    second = build(ENV, database, TurnedClock())
    second.prepare()
    id = _sell(second)
    news = [make("o", id) for make in (created, *end)]
    meanwhile: Any = Interrupted(database, moment, lambda: deliver_all(second, news))
    first = build(ENV, meanwhile, TurnedClock())
    refused = False
    try:
        first.use_cases.withdraw(id, user_id="seller")
    except Refused:
        refused = True
    deliver_all(second, news)
    ticket = second.use_cases.get(id)
    assert ticket.order_id == (None if end == [cancelled] else "o")
    assert (ticket.sold_at is not None) == (end == [completed])
    assert ticket.withdrawn is not refused
    _check_story(second, ticket.version)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_withdrawal_in_the_midst_of_a_reservation_loses_neither(moment: int) -> None:
    database = memory_database()
    second = build(ENV, database, TurnedClock())
    second.prepare()
    id = _sell(second)
    refused = []

    def withdraw() -> None:
        try:
            second.use_cases.withdraw(id, user_id="seller")
        except Refused:
            refused.append(True)

    meanwhile: Any = Interrupted(database, moment, withdraw)
    deliver_all(build(ENV, meanwhile, TurnedClock()), [created("o", id)])
    ticket = second.use_cases.get(id)
    assert ticket.order_id == "o"
    assert ticket.withdrawn is (meanwhile.happened and not refused)
    assert not ticket.on_sale
    _check_story(second, ticket.version)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("verb", VERBS)
def test_two_doors_at_once_end_with_what_one_of_them_said(moment: int, verb: str) -> None:
    database = memory_database()
    second = build(ENV, database, TurnedClock())
    second.prepare()
    id = _sell(second)
    if verb == "relist":
        second.use_cases.withdraw(id, user_id="seller")
    edit = {"title": "Opera", "price": 100, "user_id": "seller"}
    meanwhile: Any = Interrupted(database, moment, lambda: second.use_cases.edit(id, **edit))
    first = build(ENV, meanwhile, TurnedClock())
    getattr(first.use_cases, verb)(id, user_id="seller")
    ticket = second.use_cases.get(id)
    assert ticket.withdrawn is (verb == "withdraw")
    assert ticket.title == ("Opera" if meanwhile.happened else "Concert")
    _check_story(second, ticket.version)


def _check_story(service: Service[Tickets], version: int) -> None:
    """Every version of the ticket was told once, in order."""
    told = take_events(service)
    assert [event["ticket"]["version"] for event in told] == list(range(version + 1))
