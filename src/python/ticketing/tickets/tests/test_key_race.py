"""One listing per key, however many ask at the same moment."""

from pathlib import Path

from ticketing.common.testing.racing import check, race, running
from ticketing.tickets.main import build


def test_of_20_requests_at_once_with_one_key_one_puts_a_ticket_on_sale(tmp_path: Path) -> None:
    with running(tmp_path, "tickets", build) as (service, process):
        check(race(service, process, "/api/tickets", {"title": "Concert", "price": 25}))
        assert service.stores[0].documents.count_documents({}) == 1
