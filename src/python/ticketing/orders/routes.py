"""HTTP for orders."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ticketing.common.idempotency import idempotent
from ticketing.common.identity import User
from ticketing.common.identity import signed_in
from ticketing.common.limits import by_user
from ticketing.common.limits import limited
from ticketing.common.pages import page
from ticketing.common.web import body
from ticketing.common.web import query
from ticketing.common.web import use_cases
from ticketing.orders.schemas import NewOrder
from ticketing.orders.schemas import OrderPage
from ticketing.orders.schemas import order_view
from ticketing.orders.service import Orders

orders = Blueprint("orders", __name__, url_prefix="/api/orders")

new_order = NewOrder()
page_query = OrderPage()


@orders.get("")
@signed_in
def of_user(user: User) -> ResponseReturnValue:
    asked = query(page_query)
    limit = asked["limit"]
    found = use_cases(Orders).of_user(
        user.id, limit=limit + 1, after=asked["cursor"], newest_first=asked["sort"] == "newest"
    )
    return page(found, limit, order_view, lambda order: order.id)


@orders.get("/<order_id>")
@signed_in
def get(user: User, order_id: str) -> ResponseReturnValue:
    return order_view(use_cases(Orders).get(order_id, user_id=user.id))


@orders.post("")
@limited("orders_per_user", by_user)
@signed_in
@idempotent
def create(user: User, id: str | None) -> ResponseReturnValue:
    order = use_cases(Orders).create(**body(new_order), user_id=user.id, id=id)
    return order_view(order), 201


@orders.delete("/<order_id>")
@signed_in
def cancel(user: User, order_id: str) -> ResponseReturnValue:
    use_cases(Orders).cancel(order_id, user_id=user.id)
    return "", 204
