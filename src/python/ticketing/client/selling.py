"""The seller's pages: own listings and sales, a new ticket, edit, withdraw."""

from datetime import UTC
from datetime import datetime

from flask import Blueprint
from flask import request
from flask.typing import ResponseReturnValue

from ticketing.client.chart import sales_chart
from ticketing.client.paths import with_query
from ticketing.client.visitor import Visitor
from ticketing.client.visitor import go_to
from ticketing.common.errors import Invalid
from ticketing.common.errors import NotAuthorized
from ticketing.common.errors import Refused

selling = Blueprint("selling", __name__)

PAGE_SIZE = "50"


@selling.get("/sell")
def own_tickets() -> ResponseReturnValue:
    return _show(Visitor())


@selling.route("/tickets/new", methods=["GET", "POST"])
def list_ticket() -> ResponseReturnValue:
    visitor = Visitor()
    visitor.must_be_signed_in()
    if request.method == "GET":
        return visitor.page("new_ticket.html", typed=request.args, errors={})
    try:
        ticket = visitor.api.list_ticket(*_typed())
    except Invalid as invalid:
        return visitor.page("new_ticket.html", 400, typed=request.form, errors=invalid.messages)
    return go_to(f"/tickets/{ticket.id}?notice=listed")


@selling.route("/tickets/<ticket_id>/edit", methods=["GET", "POST"])
def edit(ticket_id: str) -> ResponseReturnValue:
    visitor, errors = Visitor(), dict[str, str]()
    user = visitor.must_be_signed_in()
    if request.method == "POST":
        try:
            visitor.api.edit_ticket(ticket_id, *_typed())
            return go_to(f"/tickets/{ticket_id}?notice=saved")
        except Invalid as invalid:
            errors = invalid.messages
        except Refused as refusal:
            errors = {"": str(refusal)}
    ticket = visitor.api.ticket(ticket_id)
    if ticket.user_id != user.id:
        raise NotAuthorized
    saved = {"title": ticket.title, "price": f"{ticket.price:.2f}"}
    typed = saved | request.values.to_dict()
    status = 400 if errors else 200
    return visitor.page("edit_ticket.html", status, ticket=ticket, typed=typed, errors=errors)


@selling.post("/tickets/<ticket_id>/withdraw")
def withdraw(ticket_id: str) -> ResponseReturnValue:
    visitor = Visitor()
    try:
        visitor.api.withdraw(ticket_id)
    except Refused as refusal:
        return _show(visitor, refusal=str(refusal))
    return go_to("/sell?notice=withdrawn")


@selling.post("/tickets/<ticket_id>/relist")
def relist(ticket_id: str) -> ResponseReturnValue:
    visitor = Visitor()
    try:
        visitor.api.relist(ticket_id)
    except Refused as refusal:
        return _show(visitor, refusal=str(refusal))
    return go_to("/sell?notice=relisted")


def _show(visitor: Visitor, refusal: str = "") -> ResponseReturnValue:
    cursor = request.args.get("cursor", "")
    asked = {"limit": PAGE_SIZE} | ({"cursor": cursor} if cursor else {})
    tickets = visitor.api.own_tickets(asked)
    return visitor.page(
        "sell.html",
        400 if refusal else 200,
        tickets=tickets,
        chart=sales_chart(visitor.api.own_sales(), datetime.now(UTC).date()),
        next=tickets.next and with_query("/sell", {"cursor": tickets.next}),
        is_first=not cursor,
        refusal=refusal,
    )


def _typed() -> tuple[str, str]:
    return request.form.get("title", ""), request.form.get("price", "")
