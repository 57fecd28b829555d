"""HTTP for tickets."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ticketing.common.idempotency import idempotent
from ticketing.common.identity import User
from ticketing.common.identity import signed_in
from ticketing.common.pages import page
from ticketing.common.schemas import Page
from ticketing.common.web import body
from ticketing.common.web import query
from ticketing.common.web import use_cases
from ticketing.tickets.schemas import NewTicket
from ticketing.tickets.schemas import SalesPeriod
from ticketing.tickets.schemas import TicketSearch
from ticketing.tickets.schemas import sales_view
from ticketing.tickets.schemas import ticket_view
from ticketing.tickets.search import Search
from ticketing.tickets.search import place
from ticketing.tickets.service import Tickets

tickets = Blueprint("tickets", __name__, url_prefix="/api/tickets")

new_ticket = NewTicket()
page_query = Page()
search_query = TicketSearch()
sales_query = SalesPeriod()


@tickets.get("")
def on_sale() -> ResponseReturnValue:
    asked = query(search_query)
    limit = asked.pop("limit")
    search = Search(**asked)
    found = use_cases(Tickets).on_sale(search, limit=limit + 1)
    return page(found, limit, ticket_view, lambda ticket: place(ticket, search.sort))


@tickets.get("/mine")
@signed_in
def of_seller(user: User) -> ResponseReturnValue:
    asked = query(page_query)
    limit = asked["limit"]
    found = use_cases(Tickets).of_seller(user.id, limit=limit + 1, before=asked["cursor"])
    return page(found, limit, ticket_view, lambda ticket: ticket.id)


@tickets.get("/mine/sales")
@signed_in
def sales(user: User) -> ResponseReturnValue:
    days = use_cases(Tickets).sales(user.id, **query(sales_query))
    return [sales_view(day) for day in days]


@tickets.get("/<ticket_id>")
def get(ticket_id: str) -> ResponseReturnValue:
    return ticket_view(use_cases(Tickets).get(ticket_id))


@tickets.post("")
@signed_in
@idempotent
def create(user: User, id: str | None) -> ResponseReturnValue:
    ticket = use_cases(Tickets).create(**body(new_ticket), user_id=user.id, id=id)
    return ticket_view(ticket), 201


@tickets.put("/<ticket_id>")
@signed_in
def edit(user: User, ticket_id: str) -> ResponseReturnValue:
    ticket = use_cases(Tickets).edit(ticket_id, **body(new_ticket), user_id=user.id)
    return ticket_view(ticket)


@tickets.post("/<ticket_id>/withdraw")
@signed_in
def withdraw(user: User, ticket_id: str) -> ResponseReturnValue:
    return ticket_view(use_cases(Tickets).withdraw(ticket_id, user_id=user.id))


@tickets.post("/<ticket_id>/relist")
@signed_in
def relist(user: User, ticket_id: str) -> ResponseReturnValue:
    return ticket_view(use_cases(Tickets).relist(ticket_id, user_id=user.id))
