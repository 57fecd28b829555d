"""HTTP for tickets."""

from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user

from ticketing.common.identity.access import signed_in
from ticketing.common.web.idempotency import idempotent
from ticketing.common.web.operation import Operation, Tag, Who
from ticketing.common.web.routes import Routes, body, listed, page, query, shown, versions
from ticketing.tickets.model import TicketHeld
from ticketing.tickets.schemas import (
    DayWithSales,
    NewTicket,
    OwnTickets,
    SalesPeriod,
    Ticket,
    TicketSearch,
    sales_view,
    ticket_view,
)
from ticketing.tickets.search import Search, place
from ticketing.tickets.service import Tickets

tickets = Routes[Tickets]("tickets", __name__, url_prefix="/api/tickets")

new_ticket = NewTicket()
own_query = OwnTickets()
search_query = TicketSearch()
sales_query = SalesPeriod()


@tickets.get("")
@Operation(
    "The tickets on sale",
    answers={200: list[Ticket]},
    who=Who.ANYONE,
    query=search_query,
    tag=Tag.CONTENT,
    paged=True,
)
def on_sale() -> ResponseReturnValue:
    asked = query(search_query)
    limit = asked.pop("limit")
    search = Search(**asked)
    found = tickets.use_cases.on_sale(search, limit=limit + 1)
    return page(found, limit, ticket_view, lambda ticket: place(ticket, search.sort))


@tickets.get("/mine")
@Operation(
    "One's own tickets, in every state",
    answers={200: list[Ticket]},
    query=own_query,
    tag=Tag.CONTENT,
    paged=True,
)
@signed_in
def of_seller() -> ResponseReturnValue:
    asked = query(own_query)
    limit, newest_first = asked["limit"], asked["sort"] == "newest"
    found = tickets.use_cases.of_seller(
        current_user.id, limit=limit + 1, after=asked["cursor"], newest_first=newest_first
    )
    return page(found, limit, ticket_view, lambda ticket: ticket.id)


@tickets.get("/mine/sales")
@Operation(
    "The days on which one has sold, oldest first",
    answers={200: list[DayWithSales]},
    query=sales_query,
    tag=Tag.CONTENT,
)
@signed_in
def sales() -> ResponseReturnValue:
    days = tickets.use_cases.sales(current_user.id, **query(sales_query))
    return listed([sales_view(day) for day in days])


@tickets.get("/<ticket_id>")
@Operation("A ticket", answers={200: Ticket}, who=Who.ANYONE, tag=Tag.VERSION)
def get(ticket_id: str) -> ResponseReturnValue:
    return shown(ticket_view(tickets.use_cases.get(ticket_id)))


@tickets.post("")
@Operation(
    "Put a ticket on sale",
    answers={201: Ticket},
    body=new_ticket,
    tag=Tag.VERSION,
    keyed=True,
)
@signed_in
@idempotent
def create(id: str | None) -> ResponseReturnValue:
    ticket = tickets.use_cases.create(**body(new_ticket), user_id=current_user.id, id=id)
    return shown(ticket_view(ticket), 201)


@tickets.put("/<ticket_id>")
@Operation(
    "Change one's own ticket",
    answers={200: Ticket},
    body=new_ticket,
    refusals=[TicketHeld(verb="edit")],
    tag=Tag.VERSION,
    conditional=True,
)
@signed_in
def edit(ticket_id: str) -> ResponseReturnValue:
    ticket = tickets.use_cases.edit(
        ticket_id, **body(new_ticket), user_id=current_user.id, versions=versions()
    )
    return shown(ticket_view(ticket))


@tickets.post("/<ticket_id>/withdraw")
@Operation(
    "Take one's own ticket off sale; nothing to do if it is",
    answers={200: Ticket},
    refusals=[TicketHeld(verb="withdraw")],
    tag=Tag.VERSION,
    conditional=True,
)
@signed_in
def withdraw(ticket_id: str) -> ResponseReturnValue:
    ticket = tickets.use_cases.withdraw(ticket_id, user_id=current_user.id, versions=versions())
    return shown(ticket_view(ticket))


@tickets.post("/<ticket_id>/relist")
@Operation(
    "Put one's own withdrawn ticket on sale again; nothing to do if it is",
    answers={200: Ticket},
    refusals=[TicketHeld(verb="relist")],
    tag=Tag.VERSION,
    conditional=True,
)
@signed_in
def relist(ticket_id: str) -> ResponseReturnValue:
    ticket = tickets.use_cases.relist(ticket_id, user_id=current_user.id, versions=versions())
    return shown(ticket_view(ticket))
