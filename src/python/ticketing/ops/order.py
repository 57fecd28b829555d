"""`ops order`: one order, over all services."""

from contextlib import suppress
from datetime import UTC, datetime

import click
from pymongo.errors import PyMongoError

from ticketing.common.storage.mongo import Document
from ticketing.ops import story
from ticketing.ops.command_line import confirm, with_platform, yes_option
from ticketing.ops.facts import Entry
from ticketing.ops.platform import Platform
from ticketing.ops.tables import age, moment, say, table

order_id_argument = click.argument("order_id", metavar="ID")


@click.group()
def order() -> None:
    """One order, over all services."""


@order.command()
@order_id_argument
@with_platform
def show(platform: Platform, order_id: str) -> None:
    """What is known of an order, and its story.

    By every service and Stripe, from the beginning.
    """
    told = story.of_order(platform, order_id)
    if not told.known and not told.problems:
        raise click.ClickException(_unknown(platform, order_id))
    states = ((each.where, each.what, each.id, each.detail) for each in told.states)
    table(f"Order {order_id}", ("where", "what", "id", "state"), states)
    entries = ((_time(each), each.where, each.what, each.detail) for each in told.entries)
    table("Story", ("time (UTC)", "where", "what", "detail"), entries)
    if told.problems:
        raise click.ClickException(f"Not all could be seen. {'; '.join(told.problems)}")


@order.command()
@order_id_argument
@yes_option
@with_platform
def expire(platform: Platform, order_id: str, yes: bool) -> None:
    """End an order's hold, before its time too.

    Then its ticket is for sale again.
    """
    found = _order(platform, order_id)
    if found["status"] == "complete":
        raise click.ClickException(f"Order {order_id} is complete: its ticket is sold")
    if found["status"] == "cancelled":
        say(f"Order {order_id} has already ended.")
        return
    confirm(_question(found), yes)
    platform.service("orders").use_cases.expire(order_id, early=True)
    if _order(platform, order_id)["status"] == "complete":
        raise click.ClickException(f"Order {order_id} was paid meanwhile: its ticket is sold")
    say(
        f"Order {order_id} is cancelled; ticket {found['ticket']['id']} is free once tickets hears."
    )


def _time(entry: Entry) -> str:
    return moment(entry.at)[:-4] if entry.to_the_second else moment(entry.at)


def _question(order: Document) -> str:
    left = order["expiresAt"] - datetime.now(UTC)
    over = left.total_seconds() <= 0
    time = f"should have ended {age(-left)} ago" if over else f"has {age(left)} left"
    paying = ""
    if order["status"] == "awaiting:payment":
        paying = (
            " Its buyer is paying: money that still arrives makes it complete if the ticket is"
            " free then, and goes back if not."
        )
    return f"The hold of order {order['_id']} {time}.{paying} End it?"


def _order(platform: Platform, order_id: str) -> Document:
    found = platform.database("orders")["orders"].find_one({"_id": order_id})
    if found is None:
        raise click.ClickException(_unknown(platform, order_id))
    return found


def _unknown(platform: Platform, order_id: str) -> str:
    payment = None
    with suppress(PyMongoError, click.ClickException):  # without a hint, it is an answer
        payment = platform.database("payments")["payments"].find_one({"_id": order_id})
    hint = f"; this is a payment, of order {payment['orderId']}" if payment else ""
    return f"There is no order {order_id}{hint}"
