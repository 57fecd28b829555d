"""OpenAPI as the routes of a service tell it, each from one line of its own."""

from typing import Any

import pytest
from msgspec.structs import replace

from ticketing.common.identity.access import CSRF, CSRF_HEADER, SESSION
from ticketing.common.tests.apps import app_of
from ticketing.common.tests.documented import ALL, MADE, ONE, SETTINGS, routes

KEY = ("header", "Idempotency-Key")


def parameters(operation: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["in"], one["name"]) for one in operation["parameters"]]


def test_routes_that_say_nothing_are_not_there() -> None:
    assert set(MADE["paths"]) == {"/api/things", "/api/things/{thingId}"}
    assert MADE["openapi"] == "3.1.0"


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


def test_a_session_goes_by_the_names_that_the_services_know() -> None:
    schemes = MADE["components"]["securitySchemes"]
    assert (schemes["session"]["name"], schemes["csrf"]["name"]) == (SESSION, CSRF_HEADER)
    assert CSRF in schemes["csrf"]["description"]


def test_schemas_come_from_the_views_and_from_what_is_taken() -> None:
    schemas = MADE["components"]["schemas"]
    assert set(schemas) == {"ErrorEntry", "Errors", "NewThing", "Thing"}
    assert schemas["Thing"]["required"] == ["id", "version", "name"]
    taken = schemas["NewThing"]
    assert taken["additionalProperties"] is True
    assert taken["required"] == ["name"]
    assert taken["properties"]["name"]["examples"] == ["Lamp"]


def test_numbers_in_sentences_are_the_settings_of_this_process() -> None:
    client = app_of(routes, settings=replace(SETTINGS, port=8080)).test_client()
    told = client.get("/api/things/openapi.json").text
    assert "No more than 8080" in told
    assert "No more than 3000" not in told


def test_every_service_answers_with_its_own_document() -> None:
    client = app_of(routes, settings=SETTINGS).test_client()
    reply = client.get("/api/things/openapi.json")
    told: Any = reply.json
    assert told["paths"] == MADE["paths"]
    known = {"If-None-Match": reply.headers["ETag"]}
    assert client.get("/api/things/openapi.json", headers=known).status_code == 304
