"""OpenAPI as the routes of a service tell it, each from one line of its own."""

from typing import Any

import pytest
from flask import Blueprint
from flask import Flask
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from marshmallow import validate

from ticketing.common.identity import CSRF
from ticketing.common.identity import CSRF_HEADER
from ticketing.common.identity import SESSION
from ticketing.common.limits import by_address
from ticketing.common.limits import limited
from ticketing.common.openapi import document
from ticketing.common.operation import Operation
from ticketing.common.operation import Tag
from ticketing.common.operation import Who
from ticketing.common.queries import Page
from ticketing.common.queries import choice
from ticketing.common.replies import told
from ticketing.common.schemas import text
from ticketing.common.tests.apps import app_of
from ticketing.common.views import Versioned

routes = Blueprint("things", __name__, url_prefix="/api/things")

KEY = ("header", "Idempotency-Key")


class Thing(Versioned, frozen=True):
    """A thing."""

    name: str


class NewThing(Schema):
    """What it is to be called."""

    name = text("Name is required", validate.Length(1, 20), example="Lamp")


class Things(Page):
    sort = choice("Sort", "newest", "oldest")


@routes.get("")
@Operation(
    "All things",
    answers={200: list[Thing]},
    who=Who.ANYONE,
    query=Things(),
    tag=Tag.CONTENT,
    paged=True,
)
def all_of_them() -> ResponseReturnValue:
    return "[]"


@routes.post("")
@Operation(
    "Make one",
    answers={201: Thing},
    body=NewThing(),
    refusals=["No", ("Not that", "name")],
    tag=Tag.VERSION,
    keyed=True,
    cookies="A taste.",
)
@limited("things_per_address", by_address)
def make_one() -> ResponseReturnValue:
    return told(Thing(id="a", version=0, name="A"), 201)


@routes.get("/<thing_id>")
@Operation("A thing", answers={200: Thing}, tag=Tag.VERSION)
def get() -> ResponseReturnValue:
    return ""


@routes.delete("/<thing_id>")
@Operation(
    "Be rid of it",
    answers={204: None},
    details="For good.",
    says={409: ["It is in use"], 503: ["Later", "Not today"]},
    conditional=True,
)
def remove() -> ResponseReturnValue:
    return ""


@routes.get("/silent")
def silent() -> ResponseReturnValue:
    return ""


def made() -> dict[str, Any]:
    app = Flask("things", static_folder=None)
    app.register_blueprint(routes)
    return document(app, "Things")


MADE = made()
ALL, ONE = MADE["paths"]["/api/things"], MADE["paths"]["/api/things/{thingId}"]


def parameters(operation: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["in"], one["name"]) for one in operation["parameters"]]


def sentences(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The messages of a failure, with their fields."""
    examples = answer["content"]["application/json"]["examples"].values()
    errors = [error for example in examples for error in example["value"]["errors"]]
    return [(error["message"], error.get("field")) for error in errors]


def test_routes_that_say_nothing_are_not_there() -> None:
    assert set(MADE["paths"]) == {"/api/things", "/api/things/{thingId}"}
    assert MADE["openapi"] == "3.1.0"


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        (ALL["get"], ["200", "304", "400", "431", "500"]),
        (ALL["post"], ["201", "400", "401", "409", "413", "422", "429", "431", "500"]),
        (ONE["get"], ["200", "304", "401", "404", "431", "500"]),
        (ONE["delete"], ["204", "401", "404", "409", "412", "413", "431", "500", "503"]),
    ],
)
def test_an_operation_names_every_status_that_it_can_answer(
    operation: dict[str, Any], statuses: list[str]
) -> None:
    assert list(operation["responses"]) == statuses


@pytest.mark.parametrize(
    ("operation", "taken"),
    [
        (ALL["get"], [("query", name) for name in ("limit", "cursor", "sort")]),
        (ALL["post"], [KEY]),
        (ONE["get"], [("path", "thingId"), ("header", "If-None-Match")]),
        (ONE["delete"], [("path", "thingId"), ("header", "If-Match")]),
    ],
)
def test_an_operation_names_what_it_takes(
    operation: dict[str, Any], taken: list[tuple[str, str]]
) -> None:
    assert set(taken) <= set(parameters(operation))
    assert len(parameters(operation)) == len(taken) + (operation is ALL["get"])


def test_who_reads_needs_a_session_and_who_writes_its_token_too() -> None:
    assert ALL["get"]["security"] == []
    assert ONE["get"]["security"] == [{"bearer": []}, {"session": []}]
    assert ONE["delete"]["security"] == [{"bearer": []}, {"session": [], "csrf": []}]


def test_a_refusal_is_shown_with_its_field() -> None:
    assert sentences(ALL["post"]["responses"]["400"]) == [
        ("Name is required", "name"),
        ("Content-Type must be application/json", None),
        ("Malformed JSON", None),
        ("The body must be a JSON object", None),
        ("Idempotency-Key must be 1 to 255 printable ASCII characters", None),
        ("No", None),
        ("Not that", "name"),
    ]
    assert sentences(ALL["get"]["responses"]["400"]) == [
        ("Limit must be between 1 and 200", "limit"),
        ("Cursor is not valid", "cursor"),
        ("Sort must be newest or oldest", "sort"),
        ("Limit must be given once", "limit"),
    ]


def test_a_route_has_sentences_of_its_own_in_place_of_those_of_all() -> None:
    answers = ONE["delete"]["responses"]
    assert sentences(answers["409"]) == [("It is in use", None)]
    assert sentences(answers["503"]) == [("Later", None), ("Not today", None)]
    assert ALL["post"]["responses"]["409"] == {"$ref": "#/components/responses/Conflict"}


def test_a_session_goes_by_the_names_that_the_services_know() -> None:
    schemes = MADE["components"]["securitySchemes"]
    assert (schemes["session"]["name"], schemes["csrf"]["name"]) == (SESSION, CSRF_HEADER)
    assert CSRF in schemes["csrf"]["description"]


def test_an_answer_names_its_headers() -> None:
    headers = {
        (method, status): set(answer["headers"])
        for path in (ALL, ONE)
        for method, one in path.items()
        for status, answer in one["responses"].items()
        if status < "400"
    }
    assert headers["post", "201"] == {"X-Request-ID", "ETag", "Idempotent-Replayed", "Set-Cookie"}
    assert headers["delete", "204"] == {"X-Request-ID"}
    assert {"ETag", "Link"} <= set(ALL["get"]["responses"]["304"]["headers"])
    assert "content" not in MADE["components"]["responses"]["HeadersTooLong"]
    limit = MADE["components"]["responses"]["TooManyRequests"]
    assert "Retry-After" in limit["headers"]


def test_what_was_made_leads_to_what_can_be_done_with_it() -> None:
    links = ALL["post"]["responses"]["201"]["links"]
    assert set(links) == {"thingsGet", "thingsRemove"}
    assert links["thingsGet"]["parameters"] == {"thingId": "$response.body#/id"}


def test_schemas_come_from_the_views_and_from_what_is_taken() -> None:
    schemas = MADE["components"]["schemas"]
    assert set(schemas) == {"ErrorEntry", "Errors", "NewThing", "Thing"}
    assert schemas["Thing"]["required"] == ["id", "version", "name"]
    taken = schemas["NewThing"]
    assert taken["additionalProperties"] is True
    assert taken["required"] == ["name"]
    assert taken["properties"]["name"]["examples"] == ["Lamp"]


def test_every_service_answers_with_its_own_document() -> None:
    client = app_of(routes).test_client()
    reply = client.get("/api/things/openapi.json")
    told: Any = reply.json
    assert told["paths"] == MADE["paths"]
    known = {"If-None-Match": reply.headers["ETag"]}
    assert client.get("/api/things/openapi.json", headers=known).status_code == 304
