"""What clients send: the body and the query of a request, by a schema."""

from typing import Any, cast

import msgspec
from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from ticketing.common.core.errors import Invalid

MAX_BODY = 64 * 1024
"""Bytes of a request's body; a longer one is 413."""


def json_object() -> dict[str, Any]:
    """The request's JSON body; raises Invalid, RequestEntityTooLarge."""
    if not request.is_json:
        raise Invalid({"": "Content-Type must be application/json"})
    data = request.get_data()
    if len(data) > MAX_BODY:
        raise RequestEntityTooLarge
    try:
        given = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise Invalid({"": "Malformed JSON"}) from None
    if not isinstance(given, dict):
        raise Invalid({"": "The body must be a JSON object"})
    return given


def body(schema: Schema) -> dict[str, Any]:
    """The request's JSON body as `schema` loads it; raises Invalid with a message per field."""
    return _load(schema, json_object())


def query(schema: Schema) -> dict[str, Any]:
    """The request's query parameters as `schema` loads them; raises Invalid."""
    known = {field.data_key or name for name, field in schema.fields.items()}
    for name, values in request.args.lists():
        if len(values) > 1 and name in known:
            raise Invalid({name: f"{name[0].upper()}{name[1:]} must be given once"})
    return _load(schema, request.args.to_dict())


def _load(schema: Schema, given: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(given, unknown=EXCLUDE)
    except ValidationError as error:
        messages = cast(dict[str, list[str]], error.messages)
        raise Invalid({field: lines[0] for field, lines in messages.items()}) from None
    return loaded
