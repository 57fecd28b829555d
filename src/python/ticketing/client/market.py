"""What is on sale, and one ticket of it with the way to buy it."""

from flask import Blueprint
from flask import request
from flask.typing import ResponseReturnValue

from ticketing.client.api import Listing
from ticketing.client.api import Order
from ticketing.client.api import Ticket
from ticketing.client.paths import with_query
from ticketing.client.visitor import Visitor
from ticketing.client.visitor import go_to
from ticketing.common.errors import Conflict
from ticketing.common.errors import Invalid
from ticketing.common.errors import NotAuthorized
from ticketing.common.errors import NotFound
from ticketing.common.errors import Refused

market = Blueprint("market", __name__)

SEARCH = ("q", "minPrice", "maxPrice", "sort")
PAGE_SIZE = "24"


@market.get("/")
def on_sale() -> ResponseReturnValue:
    visitor, search = Visitor(), _asked(*SEARCH)
    tickets, errors = Listing[Ticket]([], None), {}
    try:
        asked = search | _asked("cursor") | {"limit": PAGE_SIZE}
        tickets = visitor.api.tickets_on_sale(asked)
    except Invalid as invalid:
        errors = invalid.messages
    return visitor.page(
        "market.html",
        400 if errors else 200,
        tickets=tickets,
        search=search,
        errors=errors,
        next=tickets.next and with_query("/", search | {"cursor": tickets.next}),
        is_first="cursor" not in request.args,
    )


@market.get("/tickets/<ticket_id>")
def ticket(ticket_id: str) -> ResponseReturnValue:
    return _show(Visitor(), ticket_id)


@market.post("/tickets/<ticket_id>/buy")
def buy(ticket_id: str) -> ResponseReturnValue:
    """Hold the ticket; for a second click that came after the first, the order is there already."""
    visitor = Visitor()
    try:
        order = visitor.api.place_order(ticket_id)
    except (Refused, Conflict, Invalid) as refusal:
        held = _own_order(visitor, visitor.api.ticket(ticket_id))
        if held is None or not held.is_payable:
            return _show(visitor, ticket_id, refusal=str(refusal))
        order = held
    return go_to(f"/orders/{order.id}")


def _show(visitor: Visitor, ticket_id: str, refusal: str = "") -> ResponseReturnValue:
    ticket = visitor.api.ticket(ticket_id)
    return visitor.page(
        "ticket.html",
        400 if refusal else 200,
        ticket=ticket,
        is_own=visitor.user is not None and visitor.user.id == ticket.user_id,
        order=_own_order(visitor, ticket),
        refusal=refusal,
    )


def _own_order(visitor: Visitor, ticket: Ticket) -> Order | None:
    """The visitor's order that holds or has bought the ticket."""
    if ticket.order_id is None or visitor.user is None or visitor.user.id == ticket.user_id:
        return None
    try:
        return visitor.api.order(ticket.order_id)
    except (NotAuthorized, NotFound):
        return None


def _asked(*names: str) -> dict[str, str]:
    given = {name: request.args.get(name, "").strip() for name in names}
    return {name: value for name, value in given.items() if value}
