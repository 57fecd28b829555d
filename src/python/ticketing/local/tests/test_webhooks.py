"""Payments that end by webhook alone, on the real platform: the stand-in calls the gateway."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ticketing.common.testing.input import entries_of
from ticketing.common.testing.servers import eventually
from ticketing.local.tests.running import Platform
from ticketing.local.tests.stripe_books import KEY, StripeBooks
from ticketing.local.tests.visitor import Json, Visitor
from ticketing.payments.processor import CardDeclined

ASKS = "pm_card_authenticationRequired"
ASKS_POOR = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
SOON = 40
"""Seconds; the sweep would ask only after 45."""


@pytest.fixture()
def port(platform: Platform) -> int:
    port: int = platform.processes()["stripe"]["port"]
    return port


@pytest.fixture()
def stripe(port: int) -> Iterator[StripeBooks]:
    yield StripeBooks(port)
    switch(port)


@pytest.fixture()
def buyer(platform: Platform) -> Iterator[Visitor]:
    buyer = Visitor(platform.url).sign_up()
    yield buyer
    buyer.close()


@pytest.fixture()
def order(platform: Platform, buyer: Visitor) -> Json:
    seller = Visitor(platform.url).sign_up()
    order = buyer.order(seller.sell(price=11)["id"])
    seller.close()
    return order


def switch(port: int, **switches: object) -> None:
    """Set the stand-in's switches; those not named are off."""
    answer = requests.put(f"http://127.0.0.1:{port}/test/faults", json=switches, timeout=5)
    answer.raise_for_status()


def state(buyer: Visitor, order: Json) -> Any:
    return buyer.request("GET", f"/orders/{order['id']}").json()


def is_complete(buyer: Visitor, order: Json) -> bool:
    return bool(state(buyer, order)["status"] == "complete")


def test_a_buyer_who_passes_3d_secure_and_goes_away_has_the_ticket(
    buyer: Visitor, order: Json, stripe: StripeBooks
) -> None:
    stripe.authenticate(buyer.pay(order["id"], ASKS, status=202)["clientSecret"])
    eventually(lambda: is_complete(buyer, order), within=SOON)
    assert stripe.kept(order["id"]) == 1100


def test_webhooks_that_come_often_late_and_mixed_up_change_nothing(
    buyer: Visitor, order: Json, stripe: StripeBooks, port: int
) -> None:
    switch(port, webhookRepeats=5, webhookShuffle=True, webhookDelay=0.5)
    stripe.authenticate(buyer.pay(order["id"], ASKS, status=202)["clientSecret"])
    eventually(lambda: is_complete(buyer, order), within=SOON)
    assert stripe.kept(order["id"]) == 1100
    assert "refunded" not in state(buyer, order)


def test_a_webhook_that_finds_nobody_comes_again(
    platform: Platform, buyer: Visitor, order: Json, stripe: StripeBooks
) -> None:
    pending = buyer.pay(order["id"], ASKS, status=202)
    os.kill(platform.processes()["payments-web"]["pid"], signal.SIGKILL)
    stripe.authenticate(pending["clientSecret"])
    eventually(lambda: is_complete(buyer, order), within=SOON)


def test_why_3d_secure_failed_is_told_though_the_webhook_was_first(
    buyer: Visitor, order: Json, stripe: StripeBooks, port: int
) -> None:
    stripe.authenticate(buyer.pay(order["id"], ASKS_POOR, status=202)["clientSecret"])
    eventually(lambda: _all_are_taken(port), within=SOON)
    refused = buyer.pay(order["id"], ASKS_POOR, status=400)
    assert refused == {"errors": entries_of(CardDeclined("Your card has insufficient funds."))}
    buyer.pay(order["id"])
    eventually(lambda: is_complete(buyer, order), within=SOON)


def _all_are_taken(port: int) -> bool:
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = requests.get(f"http://127.0.0.1:{port}/v1/events", headers=headers, timeout=5)
    return all(event["pending_webhooks"] == 0 for event in answer.json()["data"])


def test_a_refund_in_stripes_dashboard_shows_on_the_order(
    buyer: Visitor, order: Json, stripe: StripeBooks
) -> None:
    buyer.pay(order["id"])
    eventually(lambda: is_complete(buyer, order), within=SOON)
    stripe.give_back(order["id"])
    eventually(lambda: "refunded" in state(buyer, order), within=SOON)
    assert stripe.kept(order["id"]) == 0


def test_money_is_taken_once_though_stripe_says_nothing(
    buyer: Visitor, order: Json, stripe: StripeBooks, port: int
) -> None:
    buyer.pay(order["id"], "tok_chargeDeclined", status=400)
    switch(port, fail=0.6, seed=4)
    for _ in range(4):
        buyer.try_pay(order["id"])
    switch(port)
    buyer.pay(order["id"])
    eventually(lambda: is_complete(buyer, order), within=SOON)
    assert stripe.kept(order["id"]) == 1100
