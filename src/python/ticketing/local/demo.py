"""A market that is alive, made through the HTTP API as anyone would: listings, sales, orders.

`./pants run src/python/ticketing/local/demo.py -- URL` makes it in a platform that runs anywhere.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
import requests

from ticketing.local.terminal import say

SOLD = (
    ("Juniper Hollow: album launch, balcony", 36),
    ("Cup final: Eastmere United v Port Alder", 120.5),
    ("A Winter Comedy, dress circle", 44),
    ("Jazz in the park, picnic lawn", 15),
)
CANCELLED = ("Lake Festival, Sunday only", 52)
HELD = ("Rosa Delmonte sings tango", 33)
ON_SALE = (
    ("Brassica Brass Band at the bandstand", 8),
    ("Harbour City half marathon, start place", 35),
    ("Ida Winterfeld: piano by candlelight", 24),
    ("Comets v Icebreakers, ice hockey derby", 27),
    ("Othmar the Improbable: an evening of magic", 22.5),
    ("The Clockmaker's Daughter, stalls, row F", 56),
    ("Tidewater Jazz Night, table for one", 18),
    ("Northgate Rovers v Eastmere United, north stand", 31.5),
    ("Lake Festival, three days with camping", 129),
    ("Velvet Antenna: farewell tour, standing", 49.9),
    ("Opera under the stars: The Glass Orchard", 85),
    ("Marlow and the Lanterns, harbour stage", 42),
)
TIMEOUT_SECONDS = 10
NEWS_SECONDS = 10.0
"""For the news of a listing or an order to reach the other services."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Person:
    role: str
    email: str
    password: str


SELLER = Person("seller", "seller@example.com", "seller-demo-1")
BUYER = Person("buyer", "buyer@example.com", "buyer-demo-1")


class Account:
    """Somebody signed in, who calls the API; raises requests.RequestException."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self._url = f"{url}/api"
        self._session = session

    def sell(self, title: str, price: float) -> Json:
        ticket: Json = self._send("POST", "/tickets", {"title": title, "price": price}).json()
        return ticket

    def order(self, ticket: Json) -> Json:
        order: Json = self._send("POST", "/orders", {"ticketId": ticket["id"]}).json()
        return order

    def pay(self, order: Json) -> None:
        self._send("POST", "/payments", {"orderId": order["id"], "token": "tok_visa"})

    def cancel(self, order: Json) -> None:
        self._send("DELETE", f"/orders/{order['id']}")

    def _send(self, method: str, path: str, body: Json | None = None) -> requests.Response:
        headers = {"X-XSRF-TOKEN": self._session.cookies["XSRF-TOKEN"]}
        reply = _once_known(
            lambda: self._session.request(
                method, self._url + path, json=body, headers=headers, timeout=TIMEOUT_SECONDS
            )
        )
        reply.raise_for_status()
        return reply


def seed(url: str) -> str:
    """Makes what is missing and returns what to print; raises requests.RequestException."""
    buyer, seller = _sign_up(url, BUYER), _sign_up(url, SELLER)
    if buyer is not None and seller is not None:
        _trade(seller, buyer)
        for title, price in ON_SALE:
            seller.sell(title, price)
    people = [f"  {person.role}: {person.email} / {person.password}" for person in (SELLER, BUYER)]
    return "\n".join(["Demo accounts (e-mail / password):\n", *people, ""])


def _trade(seller: Account, buyer: Account) -> None:
    listed = [seller.sell(title, price) for title, price in (*SOLD, CANCELLED, HELD)]
    orders = [buyer.order(ticket) for ticket in listed]
    for order in orders[: len(SOLD)]:
        buyer.pay(order)
    buyer.cancel(orders[len(SOLD)])


def _sign_up(url: str, person: Person) -> Account | None:
    """None when an earlier start has made this person."""
    session = requests.Session()
    session.trust_env = False  # a proxy knows nothing of this machine's own addresses
    body = {"email": person.email, "password": person.password}
    reply = session.post(f"{url}/api/users/signup", json=body, timeout=TIMEOUT_SECONDS)
    if reply.status_code == requests.codes.bad_request:
        return None
    reply.raise_for_status()
    return Account(url, session)


def _once_known(send: Callable[[], requests.Response]) -> requests.Response:
    deadline = time.monotonic() + NEWS_SECONDS
    while True:
        reply = send()
        if reply.status_code != requests.codes.not_found or time.monotonic() > deadline:
            return reply
        time.sleep(0.05)


@click.command()
@click.argument("url")
def main(url: str) -> None:
    """Fill the market of the platform at URL, unless it has been filled before."""
    try:
        say(seed(url.rstrip("/")))
    except requests.RequestException as error:
        raise click.ClickException(f"The demo data could not be made: {error}") from error


if __name__ == "__main__":
    main()
