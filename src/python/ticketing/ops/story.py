"""All that is known of one order, wherever it is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import click
from bson import ObjectId

from ticketing.common.storage.mongo import Document
from ticketing.ops import at_stripe, history, timer
from ticketing.ops.command_line import SILENCE, reason
from ticketing.ops.facts import Entry, Row, State, facts
from ticketing.ops.platform import Platform
from ticketing.ops.tables import dollars, moment


@dataclass
class Story:
    """`problems` says what could not be seen."""

    states: list[State] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def known(self) -> bool:
        return bool(self.states or self.entries)

    def add(self, part: str, look: Callable[[], Iterator[Row]]) -> None:
        """What a part of the platform knows; or that it could not be asked."""
        try:
            for row in look():
                if isinstance(row, State):
                    self.states.append(row)
                else:
                    self.entries.append(row)
        except (*SILENCE, click.ClickException) as error:
            self.problems.append(f"{part}: {reason(error)}")


def of_order(platform: Platform, order_id: str) -> Story:
    """The order's story; of a part that is out of reach, only that it is."""
    story = Story()
    if not ObjectId.is_valid(order_id):
        return story
    known: dict[str, Any] = {}
    for part, look in (
        ("orders", _orders),
        ("tickets", _tickets),
        ("payments", _payments),
        ("Stripe", at_stripe.look),
        ("expiration", timer.look),
        ("events", history.look),
    ):
        story.add(part, lambda look=look: look(platform, order_id, known))  # type: ignore[misc]
    if story.states and all(each.where == "expiration" for each in story.states):
        story.states.clear()  # it has no say in whether there is such an order
    story.entries.sort(key=lambda entry: entry.at)
    return story


def _orders(platform: Platform, order_id: str, known: dict[str, Any]) -> Iterator[Row]:
    database = platform.database("orders")
    order = database["orders"].find_one({"_id": order_id})
    if order is None:
        return
    ticket = known["ticket"] = order["ticket"]["id"]
    yield State(
        where="orders",
        what="order",
        id=order_id,
        detail=facts(
            order["status"],
            f"version {order['version']}",
            dollars(order["ticket"]["price"]),
            f"buyer {order['userId']}",
            f"hold until {moment(order['expiresAt'])}",
            order.get("expired") and "ended by time",
            order.get("paymentId") and f"payment {order['paymentId']}",
            order.get("rejection") and f"rejected: {order['rejection']}",
            order["refunded"] and "refunded",
        ),
    )
    replica = database["tickets"].find_one({"_id": ticket})
    yield State(where="orders", what="ticket, as told", id=ticket, detail=_told(replica))
    yield from history.unpublished("orders", order)


def _tickets(platform: Platform, order_id: str, known: dict[str, Any]) -> Iterator[Row]:
    database = platform.database("tickets")
    ticket = database["tickets"].find_one({"_id": known["ticket"]}) if "ticket" in known else None
    if ticket is not None:
        detail = facts(_standing(ticket), f"version {ticket['version']}")
        yield State(where="tickets", what="ticket", id=ticket["_id"], detail=detail)
        yield from history.unpublished("tickets", ticket)
    replica = database["orders"].find_one({"_id": order_id})
    if replica or known:
        detail = _told(replica)
        yield State(where="tickets", what="order, as told", id=order_id, detail=detail)


def _payments(platform: Platform, order_id: str, known: dict[str, Any]) -> Iterator[Row]:
    database = platform.database("payments")
    payment = database["payments"].find_one({"orderId": order_id})
    if payment is not None:
        known["intent"] = payment.get("intentId")
        detail = facts(
            payment["status"],
            f"version {payment['version']}",
            dollars(payment["amount"]),
            f"tries {payment['attempts']}",
            payment.get("checkAt") and f"Stripe is asked at {moment(payment['checkAt'])}",
        )
        yield State(where="payments", what="payment", id=payment["_id"], detail=detail)
        yield from history.unpublished("payments", payment)
    replica = database["orders"].find_one({"_id": order_id})
    if replica or known:
        yield State(where="payments", what="order, as told", id=order_id, detail=_told(replica))


def _told(replica: Document | None) -> str:
    """What a service holds of another's thing."""
    if replica is None:
        return "not heard of yet"
    return facts(
        replica.get("status"),
        f"version {replica['version']}",
        replica.get("withdrawn") and "withdrawn",
    )


def _standing(ticket: Document) -> str:
    holder = ticket.get("orderId")
    if ticket.get("soldAt"):
        return f"sold to order {holder}"
    if holder:
        return f"held by order {holder}"
    return "withdrawn" if ticket.get("withdrawn") else "on sale"
