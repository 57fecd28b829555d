"""`ops payment`: money."""

from datetime import datetime
from typing import Any

import click

from ticketing.common.storage.mongo import Document
from ticketing.ops.command_line import confirm, with_platform, yes_option
from ticketing.ops.platform import Platform
from ticketing.ops.tables import dollars, moment, say

MEANS = {
    "complete": "Its order {order} is complete and stays so: the buyer keeps the ticket and gets"
    " the money back, and the ticket is not for sale again.",
    "cancelled": "Its order {order} is cancelled, as it should be for a refund.",
}
"""What a refund means, by the state of the order. The five rules allow both: a paid order is
complete or its money went back, and nothing forbids that both are so."""
UNHEARD = (
    "Its order {order} is {status}: orders has not heard of the money yet. When it does, the order"
    " becomes complete all the same, or asks for a refund, which is then done already. Better wait."
)


@click.group()
def payment() -> None:
    """Refunds."""


@payment.command()
@click.argument("payment_id", metavar="ID")
@yes_option
@with_platform
def refund(platform: Platform, payment_id: str, yes: bool) -> None:
    """Give the money of a payment back, all of it and for good."""
    found = _payment(platform, payment_id)
    if found["status"] == "refunded":
        say(f"The money of payment {payment_id} has already gone back.")
        return
    _refuse_unpaid(found)
    _ = platform["STRIPE_KEY"]  # or else say now that it is missing
    amount, order_id = dollars(found["amount"]), found["orderId"]
    order = platform.database("orders")["orders"].find_one({"_id": order_id}) or {"status": "lost"}
    means = MEANS.get(order["status"], UNHEARD).format(order=order_id, status=order["status"])
    confirm(f"{means} Give back {amount} of payment {payment_id}?", yes)
    platform.service("payments").use_cases.refund(payment_id)
    say(f"{amount} went back. The buyer sees it on order {order_id} as soon as orders has heard.")


def _payment(platform: Platform, payment_id: str) -> Document:
    payments = platform.database("payments")["payments"]
    found = payments.find_one({"_id": payment_id})
    if found is not None:
        return found
    of_order: Any = payments.find_one({"orderId": payment_id})
    hint = f"; the payment of this order is {of_order['_id']}" if of_order else ""
    raise click.ClickException(f"There is no payment {payment_id}{hint}")


def _refuse_unpaid(payment: Document) -> None:
    check_at: datetime | None = payment.get("checkAt")
    if check_at is not None:
        raise click.ClickException(
            f"Payment {payment['_id']} is in doubt ({payment['status']}): Stripe is asked about it"
            f" at {moment(check_at)} UTC at the latest"
        )
    if payment["status"] != "succeeded":
        raise click.ClickException(
            f"Payment {payment['_id']} is {payment['status']}: no money has arrived"
        )
