"""How heavy pages are, and whether they stand still while they come."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from ticketing.local.tests.browser import pictures
from ticketing.local.tests.browser.conftest import NewPerson
from ticketing.local.tests.browser.person import Person
from ticketing.local.tests.browser.scrutiny import DESKTOP, PHONE, layout_shift

FIRST_VIEW_BYTES = 100_000
LAYOUT_SHIFT = 0.02

Transfers = dict[str, int]


def test_first_views_are_light_and_later_ones_lighter(person: NewPerson) -> None:
    seller, buyer = person().join(), person().join()
    tickets = [_list(seller, f"Ticket number {number}") for number in range(24)]
    order = buyer.buy(tickets[0])
    weights = {
        path: _first_view(person(storage_state=buyer.context.storage_state()), path)
        for path in ("/", tickets[1], order, "/orders", "/sell", "/tickets/new")
    }
    weights["/auth/signup"] = _first_view(person(), "/auth/signup")
    with _transfers(buyer) as again:
        buyer.go("/")
    _write(weights | {"/ again": again})
    sums = {path: sum(transfers.values()) for path, transfers in weights.items()}
    assert max(sums.values()) < FIRST_VIEW_BYTES, sums
    assert not [address for address in again if "/assets/" in address]


def test_nothing_moves_while_a_page_comes(person: NewPerson) -> None:
    seller = person().join()
    ticket = _list(seller, "Stand still")
    for size in (DESKTOP, PHONE):
        buyer = person(viewport=size).join()
        order = buyer.buy(ticket)
        for path in ("/", ticket, order, "/orders", "/sell", "/tickets/new", "/auth/signin"):
            buyer.go(path)
            if path == order:
                expect(buyer.card().get_by_label("Card number")).to_be_visible()
            buyer.page.wait_for_timeout(300)
            assert layout_shift(buyer.page) < LAYOUT_SHIFT, f"{path} at {size}"
        buyer.call("DELETE", order)


def _first_view(visitor: Person, path: str) -> Transfers:
    with _transfers(visitor) as transfers:
        visitor.go(path)
        visitor.page.wait_for_timeout(500)  # a live page is never idle
    return transfers


@contextmanager
def _transfers(visitor: Person) -> Iterator[Transfers]:
    """Address -> bytes on the wire, heads included, of what is loaded from us meanwhile."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    transfers: Transfers = {}

    def finished(event: dict[str, object]) -> None:
        address = addresses.get(str(event["requestId"]), "")
        size = int(str(event["encodedDataLength"]).partition(".")[0])
        if address.startswith(visitor.url) and size:
            transfers[address.removeprefix(visitor.url)] = size

    session.on(
        "Network.requestWillBeSent",
        lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
    )
    session.on("Network.loadingFinished", finished)
    yield transfers
    session.detach()


def _write(weights: dict[str, Transfers]) -> None:
    lines = [
        f"{sum(transfers.values()):7} {path}\n"
        + "".join(f"  {size:7} {address}\n" for address, size in transfers.items())
        for path, transfers in weights.items()
    ]
    (pictures.folder().parent / "page-weights.txt").write_text("".join(lines))


def _list(seller: Person, title: str) -> str:
    return f"/tickets/{seller.call('POST', '/tickets', {'title': title, 'price': 9})['id']}"
