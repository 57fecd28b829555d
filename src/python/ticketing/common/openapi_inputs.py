"""What clients send, in the documents of the API: marshmallow's schemas as JSON Schema."""

from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema
from marshmallow import fields

from ticketing.common.idempotency import HEADER
from ticketing.common.operation import Operation

Json = dict[str, Any]

_SPEC = APISpec("", "", "3.1.0")
_CONVERTER = OpenAPIConverter("3.1.0", lambda schema: None, _SPEC)

NO_BODY = [
    "Content-Type must be application/json",
    "Malformed JSON",
    "The body must be a JSON object",
]
BAD_KEY = f"{HEADER} must be 1 to 255 printable ASCII characters"

# No examples of what may be left out: the page that shows the documents would send them.
KEY: Json = {
    "name": HEADER,
    "in": "header",
    "description": "A random one for each thing that is to be made: it is made once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "description": 'Only if it is still at one of these versions, as in `"3"`; `*` is any.',
    "schema": {"type": "string"},
}
IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "ETags: 304 if it is still as it was under one of them.",
    "schema": {"type": "string"},
}


def body_schema(schema: Schema) -> Json:
    """The body as JSON Schema; unknown fields are ignored."""
    found: Json = _CONVERTER.schema2jsonschema(schema)  # type: ignore[no-untyped-call]
    return {"description": type(schema).__doc__, **found, "additionalProperties": True}


def query_parameters(schema: Schema) -> list[Json]:
    """The query's parameters; none may be given as null, so what is optional is just left out."""
    found: list[Json] = _CONVERTER.schema2parameters(schema, location="query")
    return [{**parameter, "schema": _present(parameter["schema"])} for parameter in found]


def messages(operation: Operation) -> Iterator[tuple[str, str]]:
    """Every sentence that a 400 of this operation may hold, with the field, "" where it is none."""
    for schema in (operation.query, operation.body):
        for name, field in (schema.fields if schema else {}).items():
            for message in dict.fromkeys(_messages(field)):
                yield message, field.data_key or name
    if operation.query:
        first = next(iter(operation.query.fields))
        yield f"{first.capitalize()} must be given once", first
    for message in NO_BODY if operation.body else []:
        yield message, ""
    if operation.keyed:
        yield BAD_KEY, ""
    for refusal in operation.refusals:
        yield (refusal, "") if isinstance(refusal, str) else refusal


def _present(schema: Json) -> Json:
    kept = {name: value for name, value in schema.items() if name != "default" or value}
    match kept.get("type"):
        case [str(kind), "null"]:
            kept["type"] = kind
    return kept


def _messages(field: fields.Field[Any]) -> Iterator[str]:
    """The field's own sentences, not marshmallow's."""
    usual = {text for kind in type(field).__mro__ for text in _defaults(kind)}
    yield from (str(text) for text in field.error_messages.values() if text not in usual)
    rules = (getattr(rule, "error", None) for rule in field.validators)
    yield from (str(message) for message in rules if message)


def _defaults(kind: type) -> list[Any]:
    return list(getattr(kind, "default_error_messages", {}).values())
