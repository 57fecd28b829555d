"""What a change takes away is named, one line for each thing; what it adds is not."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from ticketing.documents.asyncapi import asyncapi
from ticketing.documents.compatibility import broken
from ticketing.documents.gateway import openapi

Json = dict[str, Any]
Change = Callable[[Json], object]

OPENAPI, ASYNCAPI = openapi(), asyncapi()
TICKET = "/api/tickets/{ticketId}"


def schema(name: str) -> Callable[[Json], Json]:
    return lambda document: document["components"]["schemas"][name]


def get(document: Json) -> Json:
    found: Json = document["paths"][TICKET]["get"]
    return found


def listed(document: Json) -> Json:
    found: Json = document["paths"]["/api/tickets"]["get"]
    return found


def codes(document: Json) -> list[str]:
    answer = document["paths"]["/api/orders"]["post"]["responses"]["400"]
    told = answer["content"]["application/json"]["schema"]["properties"]["errors"]
    found: list[str] = told["items"]["properties"]["code"]["enum"]
    return found


def rename(document: Json) -> None:
    fields = schema("Ticket")(document)["properties"]
    fields["name"] = fields.pop("title")


BREAKS: dict[str, tuple[Change, str]] = {
    "route": (
        lambda it: it["paths"].pop("/api/tickets/mine"),
        "/api/tickets/mine: the route is gone",
    ),
    "method": (lambda it: it["paths"][TICKET].pop("put"), f"PUT {TICKET}: the method is gone"),
    "name": (
        lambda it: get(it).update(operationId="ticketsShow"),
        f"GET {TICKET}: ticketsGet is now called ticketsShow",
    ),
    "sign-in": (
        lambda it: get(it).update(security=[{"bearer": []}]),
        f"GET {TICKET}: it is no longer for anyone",
    ),
    "status": (lambda it: get(it)["responses"].pop("404"), f"GET {TICKET}: status 404 is gone"),
    "error": (
        lambda it: codes(it).remove("ticket_reserved"),
        "POST /api/orders: 400 error ticket_reserved is gone",
    ),
    "header": (
        lambda it: get(it)["responses"]["200"]["headers"].pop("ETag"),
        f"GET {TICKET}: 200: header ETag is gone",
    ),
    "field": (rename, f"GET {TICKET}: 200 body.title is gone"),
    "field of a list": (rename, "GET /api/tickets: 200 body[].title is gone"),
    "field of a field": (
        lambda it: schema("TicketOfOrder")(it)["properties"].pop("price"),
        "GET /api/orders/{orderId}: 200 body.ticket.price is gone",
    ),
    "always there": (
        lambda it: schema("Ticket")(it)["required"].remove("price"),
        f"GET {TICKET}: 200 body.price may now be missing",
    ),
    "type": (
        lambda it: schema("Ticket")(it)["properties"]["price"].update(type="string"),
        f"GET {TICKET}: 200 body.price: number is now string",
    ),
    "parameter": (
        lambda it: listed(it)["parameters"].pop(0),
        "GET /api/tickets: query limit is gone",
    ),
    "choice": (
        lambda it: listed(it)["parameters"][5]["schema"]["enum"].remove("cheapest"),
        "GET /api/tickets: query sort: cheapest is no choice any more",
    ),
    "narrower parameter": (
        lambda it: listed(it)["parameters"][0]["schema"].update(maximum=100),
        "GET /api/tickets: query limit: maximum is now 100",
    ),
    "shorter parameter": (
        lambda it: listed(it)["parameters"][2]["schema"].update(maxLength=99),
        "GET /api/tickets: query q: maxLength is now 99",
    ),
    "parameter required": (
        lambda it: listed(it)["parameters"][0].update(required=True),
        "GET /api/tickets: query limit is now required",
    ),
    "input": (
        lambda it: schema("NewTicket")(it)["properties"].pop("price"),
        "POST /api/tickets: body price is gone",
    ),
    "input required": (
        lambda it: schema("NewTicket")(it)["required"].append("place"),
        "POST /api/tickets: body place is now required",
    ),
    "input's type": (
        lambda it: schema("NewOrder")(it)["properties"]["ticketId"].update(type="integer"),
        "POST /api/orders: body ticketId: string is now integer",
    ),
    "longer input": (
        lambda it: schema("NewPassword")(it)["properties"]["password"].update(minLength=9),
        "PUT /api/users/password: body password: minLength is now 9",
    ),
    "shorter input": (
        lambda it: schema("NewTicket")(it)["properties"]["title"].update(maxLength=5),
        "POST /api/tickets: body title: maxLength is now 5",
    ),
    "greater input": (
        lambda it: schema("NewTicket")(it)["properties"]["price"]["anyOf"][0].update(minimum=1),
        "POST /api/tickets: body price: minimum is now 1",
    ),
    "input's pattern": (
        lambda it: schema("NewOrder")(it)["properties"]["ticketId"].update(pattern="^1$"),
        "POST /api/orders: body ticketId: pattern is now ^1$",
    ),
    "input's choices": (
        lambda it: schema("NewPayment")(it)["properties"]["token"].update(enum=["tok_visa"]),
        "POST /api/payments: body token: it must now be one of tok_visa",
    ),
    "no body": (
        lambda it: it["paths"]["/api/orders"]["post"].pop("requestBody"),
        "POST /api/orders: the body is gone",
    ),
    "choice of an answer": (
        lambda it: schema("OrderStatus")(it)["enum"].remove("complete"),
        "GET /api/orders/{orderId}: 200 body.status: complete is no choice any more",
    ),
    "new choice of an answer": (
        lambda it: schema("OrderStatus")(it)["enum"].append("gone"),
        "GET /api/orders: 200 body[].status: gone is a choice that readers do not know",
    ),
    "any choice in an answer": (
        lambda it: schema("PublicKey")(it)["properties"].update(use={"type": "string"}),
        "GET /api/users/keys: 200 body.keys[].use: it is no longer one of sig",
    ),
    "field of what may be null": (
        lambda it: schema("CurrentUser")(it)["properties"].pop("iat"),
        "GET /api/users/currentuser: 200 body.currentUser.iat is gone",
    ),
    "a body": (
        lambda it: it["paths"][f"{TICKET}/relist"]["post"].update(requestBody={"required": True}),
        f"POST {TICKET}/relist: a body is now required",
    ),
}
BREAKS_OF_EVENTS: dict[str, tuple[Change, str]] = {
    "event": (lambda it: it["channels"].pop("order.created"), "order.created: the event is gone"),
    "teller": (
        lambda it: it["operations"].pop("orders.send.order.created"),
        "orders.send.order.created: nobody tells this any more",
    ),
    "field": (lambda it: _rename(it), "ticket.created.ticket.title is gone"),
    "own field": (
        lambda it: schema("PaymentRejected")(it)["properties"].pop("reason"),
        "payment.rejected.reason is gone",
    ),
    "deep field": (
        lambda it: schema("OrderedTicket")(it)["properties"].pop("id"),
        "order.completed.order.ticket.id is gone",
    ),
    "type": (
        lambda it: schema("TicketState")(it)["properties"].update(orderId={"type": "string"}),
        "ticket.updated.ticket.orderId: null or string is now string",
    ),
    "choice": (
        lambda it: schema("OrderStatus")(it)["enum"].remove("created"),
        "order.created.order.status: created is no choice any more",
    ),
    "new choice": (
        lambda it: schema("OrderStatus")(it)["enum"].append("gone"),
        "order.completed.order.status: gone is a choice that readers do not know",
    ),
    "no default": (
        lambda it: _add(schema("TicketState")(it), "seat", required=True),
        "ticket.created.ticket.seat is new, and has no default for events from before",
    ),
}
ADDS: dict[str, Change] = {
    "route": lambda it: it["paths"].update({"/api/seats": it["paths"]["/api/tickets"]}),
    "status": lambda it: get(it)["responses"].update({"410": {"description": "Gone."}}),
    "field": lambda it: _add(schema("Ticket")(it), "seat", required=True),
    "input": lambda it: _add(schema("NewTicket")(it), "seat", required=False),
    "choice": lambda it: listed(it)["parameters"][5]["schema"]["enum"].append("oldest"),
    "wider parameter": lambda it: listed(it)["parameters"][0]["schema"].update(maximum=500),
    "wider input": lambda it: schema("NewPassword")(it)["properties"]["password"].pop("minLength"),
    "parameter": lambda it: listed(it)["parameters"].append(
        {"in": "query", "name": "seat", "schema": {"type": "string"}}
    ),
}


def _rename(document: Json) -> None:
    fields = schema("TicketState")(document)["properties"]
    fields["name"] = fields.pop("title")


def _add(to: Json, name: str, *, required: bool) -> None:
    to["properties"][name] = {"type": "string"}
    if required:
        to["required"].append(name)


def changed(document: Json, change: Change) -> list[str]:
    """What is broken between the document and a changed copy."""
    other = deepcopy(document)
    change(other)
    return broken(document, other)


@pytest.mark.parametrize(("change", "line"), BREAKS.values(), ids=BREAKS)
def test_what_an_integrator_would_miss_is_named(change: Change, line: str) -> None:
    assert line in changed(OPENAPI, change)


@pytest.mark.parametrize(("change", "line"), BREAKS_OF_EVENTS.values(), ids=BREAKS_OF_EVENTS)
def test_what_a_consumer_would_miss_is_named(change: Change, line: str) -> None:
    assert line in changed(ASYNCAPI, change)


@pytest.mark.parametrize("change", ADDS.values(), ids=ADDS)
def test_what_is_added_breaks_nobody(change: Change) -> None:
    assert changed(OPENAPI, change) == []


def test_an_event_from_before_has_no_field_of_what_may_be_null() -> None:
    """The same for what a list holds."""
    held: Json = {"type": "object", "properties": {}, "required": []}
    for wrap in ({"anyOf": [held, {"type": "null"}]}, {"type": "array", "items": held}):
        before = deepcopy(ASYNCAPI)
        schema("TicketState")(before)["properties"]["hall"] = deepcopy(wrap)
        after = deepcopy(before)
        hall = schema("TicketState")(after)["properties"]["hall"]
        _add(hall["items"] if "items" in hall else hall["anyOf"][0], "seat", required=True)
        [first, *_] = broken(before, after)
        assert "seat is new, and has no default" in first


def test_a_field_of_an_event_is_added_with_a_default() -> None:
    add: Change = lambda it: _add(schema("TicketState")(it), "seat", required=False)  # noqa: E731
    assert changed(ASYNCAPI, add) == []


@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_what_stays_breaks_nobody(document: Json) -> None:
    assert broken(document, deepcopy(document)) == []
