"""HTTP for orders."""

from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user

from ticketing.common.identity.access import signed_in
from ticketing.common.web.idempotency import idempotent
from ticketing.common.web.limits import by_user, limited
from ticketing.common.web.operation import Operation, Tag
from ticketing.common.web.routes import Routes, body, empty, page, query, shown, versions
from ticketing.orders.model import (
    NotForSale,
    OrderComplete,
    OwnTicket,
    TicketReserved,
    TooManyHolds,
)
from ticketing.orders.schemas import NewOrder, Order, OwnOrders, order_view
from ticketing.orders.service import Orders

orders = Routes[Orders]("orders", __name__, url_prefix="/api/orders")

new_order = NewOrder()
own_query = OwnOrders()


@orders.get("")
@Operation(
    "One's own orders",
    answers={200: list[Order]},
    query=own_query,
    tag=Tag.CONTENT,
    paged=True,
)
@signed_in
def of_user() -> ResponseReturnValue:
    asked = query(own_query)
    limit, newest_first = asked["limit"], asked["sort"] == "newest"
    found = orders.use_cases.of_user(
        current_user.id, limit=limit + 1, after=asked["cursor"], newest_first=newest_first
    )
    return page(found, limit, order_view, lambda order: order.id)


@orders.get("/<order_id>")
@Operation("One's own order", answers={200: Order}, tag=Tag.VERSION)
@signed_in
def get(order_id: str) -> ResponseReturnValue:
    return shown(order_view(orders.use_cases.get(order_id, user_id=current_user.id)))


@orders.post("")
@Operation(
    "Hold a ticket",
    answers={201: Order},
    details="A ticket that was put on sale a moment ago can be held at once.",
    body=new_order,
    refusals=[OwnTicket, NotForSale, TicketReserved, TooManyHolds],
    fails=[404],
    tag=Tag.VERSION,
    keyed=True,
)
@limited("orders_per_user", by_user)
@signed_in
@idempotent
def create(id: str | None) -> ResponseReturnValue:
    order = orders.use_cases.create(**body(new_order), user_id=current_user.id, id=id)
    return shown(order_view(order), 201)


@orders.delete("/<order_id>")
@Operation(
    "Let go of the ticket; nothing to do if that happened",
    answers={204: None},
    refusals=[OrderComplete],
    conditional=True,
)
@signed_in
def cancel(order_id: str) -> ResponseReturnValue:
    orders.use_cases.cancel(order_id, user_id=current_user.id, versions=versions())
    return empty()
