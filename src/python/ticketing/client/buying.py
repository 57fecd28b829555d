"""The buyer's pages: own orders, and one order with the way to pay it or let it go."""

from datetime import UTC, datetime

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from ticketing.client.notices import go_to
from ticketing.client.pages import page, turning
from ticketing.client.paths import asked
from ticketing.client.visitor import Visitor
from ticketing.client.wording import explanation, headline
from ticketing.common.core.errors import Conflict, Refused

buying = Blueprint("buying", __name__)

PAGE_SIZE = "25"


@buying.get("/orders")
def own_orders() -> ResponseReturnValue:
    visitor = Visitor()
    orders = visitor.api.own_orders(asked("cursor") | {"limit": PAGE_SIZE})
    return page(visitor, "orders.html", orders=orders, **turning("/orders", orders))


@buying.get("/orders/<order_id>")
def order(order_id: str) -> ResponseReturnValue:
    visitor, now = Visitor(), datetime.now(UTC)
    order = visitor.api.order(order_id)
    return page(
        visitor,
        "order.html",
        order=order,
        headline=headline(order),
        explanation=explanation(order),
        now=now,
        is_live=order.can_change(now),
        seconds_left=max(0, (order.expires_at - now).total_seconds()),
        seconds=(order.expires_at - order.created_at).total_seconds(),
        cards=current_app.extensions["cards"],
    )


@buying.post("/orders/<order_id>/cancel")
def cancel(order_id: str) -> ResponseReturnValue:
    try:
        Visitor().api.cancel_order(order_id)
    except (Refused, Conflict) as refusal:
        return go_to(f"/orders/{order_id}", problem=str(refusal))
    return go_to(f"/orders/{order_id}")
