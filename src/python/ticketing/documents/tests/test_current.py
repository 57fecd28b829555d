"""The documents that are kept are those of this code, and say what is so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ticketing.common.core.errors import Invalid
from ticketing.common.testing.input import entries_of
from ticketing.documents.asyncapi import asyncapi
from ticketing.documents.files import Documents
from ticketing.documents.gateway import openapi
from ticketing.documents.strict import strict

ROOT = Path(__file__).parents[5]
OPENAPI, ASYNCAPI = openapi(), asyncapi()

Json = dict[str, Any]


def objects(value: Any) -> Iterator[Json]:
    """Every object in a JSON value, itself included."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from objects(inner)


def at(document: Json, reference: str) -> Any:
    """What a reference leads to; raises KeyError where that is nowhere."""
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def operations() -> list[Json]:
    return [one for path in OPENAPI["paths"].values() for one in path.values()]


def test_nothing_is_taken_away() -> None:
    assert Documents(ROOT).breaks() == []


def test_the_documents_are_current() -> None:
    """If not: ./pants run src/python/ticketing/documents"""
    assert Documents(ROOT).rendered.stale() == []


@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document: Json) -> None:
    references = [one["$ref"] for one in objects(document) if "$ref" in one]
    assert len(references) > 30
    for reference in references:
        assert at(document, reference)


def test_operations_have_names_of_their_own() -> None:
    names = [one["operationId"] for one in operations()]
    assert len(set(names)) == len(names)


def test_links_lead_to_operations() -> None:
    names = {one["operationId"] for one in operations()}
    links = [link for one in objects(OPENAPI["paths"]) for link in one.get("links", {}).values()]
    assert {"ticketsGet", "ordersCreate", "paymentsPay"} <= {one["operationId"] for one in links}
    assert {one["operationId"] for one in links} <= names


def test_examples_of_fields_are_valid() -> None:
    shapes = [one for one in objects(OPENAPI) if isinstance(one.get("examples"), list)]
    wrong = [
        (example, shape)
        for shape in shapes
        for example in shape["examples"]
        if not jsonschema_rs.is_valid(shape, example, validate_formats=True)
    ]
    assert wrong == []
    assert len(shapes) > 30


def test_examples_of_answers_are_errors_as_strict_as_can_be() -> None:
    tight = strict(OPENAPI)["components"]
    validator = jsonschema_rs.validator_for({**tight["schemas"]["Errors"], "components": tight})
    named = [one["examples"] for one in objects(OPENAPI) if isinstance(one.get("examples"), dict)]
    shown = [example["value"] for examples in named for example in examples.values()]
    assert [one for one in shown if not validator.is_valid(one)] == []
    assert {"errors": entries_of(Invalid({"title": "Title is required"}))} in shown


def test_a_strict_document_refuses_what_it_does_not_name() -> None:
    tight = strict(OPENAPI)["components"]
    day = {**tight["schemas"]["DayWithSales"], "components": tight}
    validator = jsonschema_rs.Draft202012Validator(day)
    sold: Json = {"day": "2026-01-31", "tickets": 1, "amount": 20.5}
    assert validator.is_valid(sold)
    assert not validator.is_valid({**sold, "more": 1})


def test_every_event_is_told_by_one_and_heard_by_some() -> None:
    by_event: dict[str, list[str]] = {}
    for name, operation in ASYNCAPI["operations"].items():
        by_event.setdefault(operation["channel"]["$ref"], []).append(name)
    assert len(by_event) == len(ASYNCAPI["channels"])
    for names in by_event.values():
        assert len([name for name in names if ".send." in name]) == 1
        assert [name for name in names if ".receive." in name]
