"""The seller's pages: own listings and sales, a new ticket, edit, withdraw."""

from datetime import UTC, datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from msgspec.structs import asdict

from ticketing.client.chart import sales_chart
from ticketing.client.notices import go_to
from ticketing.client.pages import page, turning
from ticketing.client.paths import asked
from ticketing.client.visitor import Visitor, form_key, typed
from ticketing.common.core.errors import Conflict, Invalid, NotAuthorized, Refused

selling = Blueprint("selling", __name__)

PAGE_SIZE = "50"


@selling.get("/sell")
def own_tickets() -> ResponseReturnValue:
    visitor = Visitor()
    tickets = visitor.api.own_tickets(asked("cursor") | {"limit": PAGE_SIZE})
    return page(
        visitor,
        "sell.html",
        tickets=tickets,
        chart=sales_chart(visitor.api.own_sales(), datetime.now(UTC).date()),
        **turning("/sell", tickets),
    )


@selling.route("/tickets/new", methods=["GET", "POST"])
def list_ticket() -> ResponseReturnValue:
    visitor = Visitor()
    visitor.must_be_signed_in()
    if request.method == "GET":
        return page(visitor, "new_ticket.html", typed=request.args, errors={})
    try:
        ticket = visitor.api.list_ticket(typed(), form_key())
    except (Invalid, Refused) as refusal:
        errors = refusal.messages if isinstance(refusal, Invalid) else {"": str(refusal)}
        return page(visitor, "new_ticket.html", 400, typed=request.form, errors=errors)
    return go_to(f"/tickets/{ticket.id}", said="Your ticket is on sale.")


@selling.route("/tickets/<ticket_id>/edit", methods=["GET", "POST"])
def edit(ticket_id: str) -> ResponseReturnValue:
    visitor, errors = Visitor(), dict[str, str]()
    user = visitor.must_be_signed_in()
    if request.method == "POST":
        try:
            visitor.api.edit_ticket(ticket_id, typed())
            return go_to(f"/tickets/{ticket_id}", said="Your changes are saved.")
        except Invalid as invalid:
            errors = invalid.messages
        except (Refused, Conflict) as refusal:
            errors = {"": str(refusal)}
    ticket = visitor.api.ticket(ticket_id)
    if ticket.user_id != user.id:
        raise NotAuthorized
    shown = asdict(ticket) | {"price": f"{ticket.price:.2f}"} | typed()
    status = 400 if errors else 200
    return page(visitor, "edit_ticket.html", status, ticket=ticket, typed=shown, errors=errors)


@selling.post("/tickets/<ticket_id>/withdraw")
def withdraw(ticket_id: str) -> ResponseReturnValue:
    try:
        Visitor().api.withdraw(ticket_id)
    except (Refused, Conflict) as refusal:
        return go_to("/sell", problem=str(refusal))
    return go_to("/sell", said="Your ticket is off the market.")


@selling.post("/tickets/<ticket_id>/relist")
def relist(ticket_id: str) -> ResponseReturnValue:
    try:
        Visitor().api.relist(ticket_id)
    except (Refused, Conflict) as refusal:
        return go_to("/sell", problem=str(refusal))
    return go_to("/sell", said="Your ticket is on sale again.")
