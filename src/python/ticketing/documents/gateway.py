"""The HTTP interface of the whole platform, as its gateway has it: one OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from ticketing.common.web.openapi import document, numbers_of
from ticketing.registry.programs import built_by, sample

Json = dict[str, Any]

DESCRIPTION = """\
Sellers put tickets on sale; buyers hold one by an order for a minute, and pay it with a card.

Whoever signs up or in gets a session in cookies. A program takes the value of the cookie `session`
and sends it as `Authorization: Bearer ...`; with the cookie itself, a write needs the value of the
cookie `XSRF-TOKEN` in the header `X-XSRF-TOKEN`.

Every answer of 4xx or 5xx holds `errors`: a `code` to go by and a sentence to show, with `field`
where one field is wrong. New codes may come at any time.
The gateway itself may answer 502, 503 or 504 while a service is away, in a form of its own.

Fields that you do not know may come with any answer: ignore them. Unknown fields of a body, and
unknown parameters of a query, are ignored. Every answer of the services has an `X-Request-ID`.
"""
ALSO = {
    "ticketsCreate": ("ordersCreate", {"ticketId": "$response.body#/id"}),
    "ordersCreate": ("paymentsPay", {"orderId": "$response.body#/id", "token": "pm_card_visa"}),
}
"""Where the id of what was made is of use in another service."""


def openapi() -> Json:
    """The routes of all services in one document, with the numbers of their default settings."""
    app, numbers = Flask("ticketing", static_folder=None), dict[str, float]()
    for service in map(sample, built_by()):
        if service.routes is not None:
            app.register_blueprint(service.routes)
            numbers |= numbers_of(service.settings)
    made = document(app, "Ticketing", numbers, description=DESCRIPTION)
    _link(made["paths"])
    return made


def _link(paths: Mapping[str, Json]) -> None:
    operations = {one["operationId"]: one for path in paths.values() for one in path.values()}
    for made, (next_step, body) in ALSO.items():
        if made in operations and next_step in operations:
            links = operations[made]["responses"]["201"].setdefault("links", {})
            links[next_step] = {"operationId": next_step, "requestBody": body}
