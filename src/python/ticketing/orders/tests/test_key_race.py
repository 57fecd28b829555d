"""One order per key, however many ask at the same moment."""

from pathlib import Path

from ticketing.common.testing.racing import check, race, running
from ticketing.common.testing.services import deliver
from ticketing.orders.main import build
from ticketing.orders.tests.news import TICKET, ticket_created


def test_of_20_requests_at_once_with_one_key_one_holds_the_ticket(tmp_path: Path) -> None:
    with running(tmp_path, "orders", build) as (service, process):
        deliver(service, ticket_created())
        check(race(service, process, "/api/orders", {"ticketId": TICKET}))
        assert service.stores[0].documents.count_documents({}) == 1
