"""What is on sale, and one ticket of it with the way to buy it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ticketing.client.notices import go_to
from ticketing.client.pages import page, turning
from ticketing.client.paths import asked, with_query
from ticketing.client.views import Listing, Order, Ticket
from ticketing.client.visitor import Visitor, form_key
from ticketing.client.wording import MISTAKES, standing
from ticketing.common.core.errors import Conflict, Invalid, NotAuthorized, NotFound, Refused

market = Blueprint("market", __name__)

SEARCH = ("q", "minPrice", "maxPrice", "sort")
PAGE_SIZE = "24"


@market.get("/")
def on_sale() -> ResponseReturnValue:
    visitor, search = Visitor(), asked(*SEARCH)
    tickets, errors = Listing[Ticket]([], None), {}
    try:
        tickets = visitor.api.tickets_on_sale(search | asked("cursor") | {"limit": PAGE_SIZE})
    except Invalid as invalid:
        errors = {name: text for name, text in MISTAKES.items() if name in invalid.messages}
        if not errors:  # in what nobody typed: without it the search makes sense
            return go_to(with_query("/", asked("q", "minPrice", "maxPrice")))
    return page(
        visitor,
        "market.html",
        400 if errors else 200,
        tickets=tickets,
        search=search,
        errors=errors,
        **turning("/", tickets, search),
    )


@market.get("/tickets/<ticket_id>")
def ticket(ticket_id: str) -> ResponseReturnValue:
    visitor = Visitor()
    ticket = visitor.api.ticket(ticket_id)
    is_own = visitor.user is not None and visitor.user.id == ticket.user_id
    order = _own_order(visitor, ticket)
    return page(
        visitor,
        "ticket.html",
        ticket=ticket,
        is_own=is_own,
        order=order,
        standing=standing(ticket, is_own=is_own, order=order),
    )


@market.post("/tickets/<ticket_id>/buy")
def buy(ticket_id: str) -> ResponseReturnValue:
    """Hold the ticket; a second click leads to the order of the first."""
    visitor = Visitor()
    try:
        order = visitor.api.place_order(ticket_id, form_key())
    except (Refused, Conflict) as refusal:
        held = _order_just_placed(visitor, ticket_id)
        if held is None:
            return go_to(f"/tickets/{ticket_id}", problem=str(refusal))
        order = held
    return go_to(f"/orders/{order.id}")


def _order_just_placed(visitor: Visitor, ticket_id: str) -> Order | None:
    """The visitor's order that holds the ticket. Orders is asked, which knows it at once: to the
    ticket the news is still on its way.
    """
    newest = visitor.api.own_orders({}).items
    return next((o for o in newest if o.ticket.id == ticket_id and o.is_payable), None)


def _own_order(visitor: Visitor, ticket: Ticket) -> Order | None:
    """The visitor's order that holds or has bought the ticket."""
    if ticket.order_id is None or visitor.user is None or visitor.user.id == ticket.user_id:
        return None
    try:
        return visitor.api.order(ticket.order_id)
    except (NotAuthorized, NotFound):
        return None
