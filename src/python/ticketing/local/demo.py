"""A seller, a buyer and some tickets, made through the HTTP API as anyone would."""

from dataclasses import dataclass

import requests

TICKETS = (("Opera, stalls", 85), ("Football final", 120.5), ("Jazz in the park", 15))
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Person:
    role: str
    email: str
    password: str


SELLER = Person("seller", "seller@example.com", "seller-demo-1")
BUYER = Person("buyer", "buyer@example.com", "buyer-demo-1")


def seed(url: str) -> str:
    """Makes what is missing and returns what to print; raises requests.RequestException."""
    _sign_up(url, BUYER)
    seller = _sign_up(url, SELLER)
    if seller is not None:
        for title, price in TICKETS:
            _sell(url, seller, title, price)
    people = [f"  {person.role}: {person.email} / {person.password}" for person in (SELLER, BUYER)]
    return "\n".join(["Demo accounts (e-mail / password):\n", *people, ""])


def _sign_up(url: str, person: Person) -> requests.Session | None:
    """A signed-in session, or None when an earlier start has made this person."""
    session = requests.Session()
    session.trust_env = False  # a proxy knows nothing of this machine's own addresses
    body = {"email": person.email, "password": person.password}
    reply = session.post(f"{url}/api/users/signup", json=body, timeout=TIMEOUT_SECONDS)
    if reply.status_code == requests.codes.bad_request:
        return None
    reply.raise_for_status()
    return session


def _sell(url: str, seller: requests.Session, title: str, price: float) -> None:
    reply = seller.post(
        f"{url}/api/tickets",
        json={"title": title, "price": price},
        headers={"X-XSRF-TOKEN": seller.cookies["XSRF-TOKEN"]},
        timeout=TIMEOUT_SECONDS,
    )
    reply.raise_for_status()
