"""What visitors do, through the gateway of the real platform, from the first click to the money."""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import requests

from ticketing.common.testing.input import entries_of
from ticketing.common.testing.servers import eventually
from ticketing.local.tests.running import Platform
from ticketing.local.tests.stripe_books import StripeBooks
from ticketing.local.tests.visitor import Json, Visitor
from ticketing.payments.processor import CardDeclined

HOLD_SECONDS = 8
OPTIONS = ("--hold-seconds", str(HOLD_SECONDS))
NewVisitor = Callable[[], Visitor]


@pytest.fixture()
def visitor(platform: Platform) -> Iterator[NewVisitor]:
    visitors: list[Visitor] = []

    def sign_up() -> Visitor:
        visitors.append(Visitor(platform.url).sign_up())
        return visitors[-1]

    yield sign_up
    for each in visitors:
        each.close()


@pytest.fixture()
def stripe(platform: Platform) -> StripeBooks:
    return StripeBooks(platform.processes()["stripe"]["port"])


def test_a_ticket_is_sold_ordered_paid_and_complete(
    visitor: NewVisitor, stripe: StripeBooks
) -> None:
    seller, buyer = visitor(), visitor()
    ticket = seller.sell("A concert", 20.5)
    assert ticket["id"] in [each["id"] for each in buyer.on_sale()]
    order = buyer.order(ticket["id"])
    eventually(lambda: buyer.ticket(ticket["id"]).get("orderId") == order["id"])
    assert ticket["id"] not in [each["id"] for each in buyer.on_sale()]
    buyer.pay(order["id"])
    eventually(lambda: buyer.order_status(order["id"]) == "complete")
    assert stripe.kept(order["id"]) == 2050
    refused = visitor().try_order(ticket["id"])
    assert (refused.status_code, refused.json()["errors"][0]["message"]) == (
        400,
        "Ticket is already reserved!",
    )


def test_an_unpaid_order_expires_and_another_visitor_buys(visitor: NewVisitor) -> None:
    seller, idler, buyer = visitor(), visitor(), visitor()
    ticket = seller.sell()
    held = idler.order(ticket["id"])
    eventually(lambda: idler.order_status(held["id"]) == "cancelled")
    order = buyer.order(ticket["id"])
    buyer.pay(order["id"])
    eventually(lambda: buyer.order_status(order["id"]) == "complete")


def test_a_cancelled_order_lets_another_visitor_buy(visitor: NewVisitor) -> None:
    seller, fickle, buyer = visitor(), visitor(), visitor()
    ticket = seller.sell()
    dropped = fickle.order(ticket["id"])
    fickle.cancel(dropped["id"])
    assert fickle.order_status(dropped["id"]) == "cancelled"
    order = buyer.order(ticket["id"])
    buyer.pay(order["id"])
    eventually(lambda: buyer.order_status(order["id"]) == "complete")


def test_of_many_buyers_at_once_exactly_one_wins(visitor: NewVisitor) -> None:
    ticket = visitor().sell()
    first = visitor()
    first.cancel(first.order(ticket["id"])["id"])  # from here on the ticket is known to orders
    buyers = [visitor() for _ in range(6)]
    with ThreadPoolExecutor(len(buyers)) as crowd:
        replies = list(crowd.map(lambda buyer: buyer.try_order(ticket["id"]), buyers))
    assert sorted(reply.status_code for reply in replies) == [201] + [400] * 5


def test_paying_twice_takes_the_money_once(visitor: NewVisitor, stripe: StripeBooks) -> None:
    buyer = visitor()
    order = buyer.order(visitor().sell(price=7)["id"])
    first = buyer.pay(order["id"])
    with ThreadPoolExecutor(4) as clicks:
        replies = list(clicks.map(lambda _: buyer.try_pay(order["id"]), range(4)))
    assert {reply.json().get("id") for reply in replies} == {first["id"]}
    assert stripe.kept(order["id"]) == 700


def test_a_declined_card_can_be_followed_by_a_good_one(
    visitor: NewVisitor, stripe: StripeBooks
) -> None:
    buyer = visitor()
    order = buyer.order(visitor().sell(price=9)["id"])
    declined = buyer.pay(order["id"], "tok_chargeDeclined", status=400)
    assert declined == {"errors": entries_of(CardDeclined("Your card was declined."))}
    assert stripe.kept(order["id"]) == 0
    buyer.pay(order["id"])
    eventually(lambda: buyer.order_status(order["id"]) == "complete")
    assert stripe.kept(order["id"]) == 900


def test_3d_secure_is_settled_by_posting_again(visitor: NewVisitor, stripe: StripeBooks) -> None:
    buyer = visitor()
    order = buyer.order(visitor().sell(price=11)["id"])
    token = "pm_card_authenticationRequired"
    pending = buyer.pay(order["id"], token, status=202)
    stripe.authenticate(pending["clientSecret"])
    assert buyer.pay(order["id"], token)["id"] == pending["id"]
    eventually(lambda: buyer.order_status(order["id"]) == "complete")
    assert stripe.kept(order["id"]) == 1100


@pytest.mark.parametrize("delay", [-0.2, 0.0, 0.3])
def test_money_around_the_end_of_a_hold_buys_or_goes_back(
    visitor: NewVisitor, stripe: StripeBooks, delay: float
) -> None:
    late, rival = visitor(), visitor()
    ticket = visitor().sell(price=13)
    held = late.order(ticket["id"])
    late.pay(held["id"], "tok_chargeDeclined", status=400)  # from here on payments knows the order
    with ThreadPoolExecutor(2) as race:
        race.submit(_pay_at, late, held, delay)
        grabbed = race.submit(rival.grab, ticket["id"], HOLD_SECONDS + 4)
    orders = {late: held["id"]}
    if (order := grabbed.result()) is not None:
        rival.pay(order["id"])
        orders[rival] = order["id"]
    eventually(lambda: _fair(orders, stripe, 1300))


def test_3d_secure_passed_after_the_hold_costs_nothing_or_buys(
    visitor: NewVisitor, stripe: StripeBooks
) -> None:
    late, rival = visitor(), visitor()
    ticket = visitor().sell(price=17)
    held = late.order(ticket["id"])
    pending = late.pay(held["id"], "pm_card_authenticationRequired", status=202)
    order = rival.order(ticket["id"])
    rival.pay(order["id"])
    with contextlib.suppress(requests.HTTPError):  # the intent may have been cancelled by now
        stripe.authenticate(pending["clientSecret"])
    late.try_pay(held["id"], "pm_card_authenticationRequired")
    eventually(lambda: _fair({late: held["id"], rival: order["id"]}, stripe, 1700))
    assert rival.order_status(order["id"]) == "complete"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"email": NaN, "password": 1e400}', "application/json", 400),
        (b"[" * 20_000, "application/json", 400),
        (b"email=a@example.com", "application/x-www-form-urlencoded", 400),
        (b'{"email": "' + b"a" * 66_000 + b'"}', "application/json", 413),
        (b'{"email": "' + b"a" * 8_000_000 + b'"}', "application/json", 413),
    ],
    ids=["malformed", "not-a-number", "deep", "form", "over-64-kib", "huge"],
)
def test_bad_input_gets_the_error_envelope(
    platform: Platform, body: bytes, kind: str, status: int
) -> None:
    for path in ("/users/signup", "/users/signin"):
        headers = {"Content-Type": kind}
        reply = Visitor(platform.url).request("POST", path, data=body, headers=headers)
        assert reply.status_code == status, reply.text
        assert all(error["message"] for error in reply.json()["errors"])


def _pay_at(buyer: Visitor, order: Json, delay: float) -> None:
    due = datetime.fromisoformat(order["expiresAt"]).timestamp() + delay
    time.sleep(max(0.0, due - time.time()))
    buyer.try_pay(order["id"])


def _fair(orders: dict[Visitor, str], stripe: StripeBooks, cents: int) -> bool:
    """One order at most is complete, it alone is paid for, and nothing is still undecided."""
    statuses = {order: buyer.order_status(order) for buyer, order in orders.items()}
    bought = [order for order, status in statuses.items() if status == "complete"]
    paid = {order: stripe.kept(order) for order in statuses}
    return (
        set(statuses.values()) <= {"complete", "cancelled"}
        and len(bought) <= 1
        and paid == {order: cents if order in bought else 0 for order in statuses}
    )
