"""OpenAPI 3.1 from the routes of a service: what they say of themselves, and their schemas."""

import re
from collections.abc import Iterator
from functools import cache

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from ticketing.common.identity import CSRF
from ticketing.common.identity import CSRF_HEADER
from ticketing.common.identity import SESSION
from ticketing.common.openapi_answers import SCHEMAS
from ticketing.common.openapi_answers import answers_of
from ticketing.common.openapi_answers import schemas_of
from ticketing.common.openapi_answers import shared
from ticketing.common.openapi_inputs import IF_MATCH
from ticketing.common.openapi_inputs import IF_NONE_MATCH
from ticketing.common.openapi_inputs import KEY
from ticketing.common.openapi_inputs import Json
from ticketing.common.openapi_inputs import body_schema
from ticketing.common.openapi_inputs import query_parameters
from ticketing.common.operation import Operation
from ticketing.common.operation import Who
from ticketing.common.operation import operation_of
from ticketing.common.replies import kept
from ticketing.common.views import EXAMPLE_ID
from ticketing.common.views import Errors

SECURITY: Json = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION,
        "description": "Set by signing up or in.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": f"The value of the cookie {CSRF}: with the session, for all but GET.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": f"The value of the cookie {SESSION}, which then needs no {CSRF_HEADER}.",
    },
}


def publish(app: Flask, title: str, path: str) -> None:
    """Answer with the application's document at this path; it is made when first asked for."""
    made = cache(lambda: msgspec.json.encode(document(app, title)))
    app.add_url_rule(path, "openapi", lambda: kept(made()))


def document(app: Flask, title: str) -> Json:
    """All routes of the application that describe themselves, as OpenAPI 3.1."""
    routes = list(_described(app))
    paths: Json = {}
    for rule, method, operation in routes:
        limited = bool(getattr(app.view_functions[rule.endpoint], "limits", ()))
        path = paths.setdefault(_path(rule), {})
        path[method.lower()] = _operation(rule, method, operation, limited=limited)
    _link(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas([operation for _, _, operation in routes]),
            **shared(),
            "securitySchemes": SECURITY,
        },
    }


def _described(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in sorted(app.url_map.iter_rules(), key=str):
        operation = operation_of(app.view_functions[rule.endpoint])
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if operation is not None:
                yield rule, method, operation


def _path(rule: Rule) -> str:
    return re.sub("<(.+?)>", lambda name: f"{{{_camel(name[1])}}}", rule.rule)


def _operation(rule: Rule, method: str, operation: Operation, *, limited: bool) -> Json:
    tag = rule.endpoint.partition(".")[0]
    found: Json = {
        "operationId": _camel(rule.endpoint.replace(".", "_")),
        "tags": [tag],
        "summary": operation.summary,
        "parameters": list(_parameters(rule, method, operation)),
        "responses": answers_of(operation, method, found=bool(rule.arguments), limited=limited),
        "security": _security(method, operation),
    }
    if operation.details:
        found["description"] = operation.details
    if operation.body is not None:
        schema = {"$ref": SCHEMAS + type(operation.body).__name__}
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return found


def _parameters(rule: Rule, method: str, operation: Operation) -> Iterator[Json]:
    for name in sorted(rule.arguments):
        schema = {"type": "string", "pattern": "^[0-9a-f]{24}$", "examples": [EXAMPLE_ID]}
        yield {"name": _camel(name), "in": "path", "required": True, "schema": schema}
    if operation.query is not None:
        yield from query_parameters(operation.query)
    if operation.keyed:
        yield KEY
    if operation.conditional:
        yield IF_MATCH
    if operation.tag and method == "GET":
        yield IF_NONE_MATCH


def _security(method: str, operation: Operation) -> list[Json]:
    if operation.who is Who.ANYONE:
        return []
    cookie: Json = {"session": []} if method == "GET" else {"session": [], "csrf": []}
    return [{"bearer": []}, cookie]


def _link(paths: Json) -> None:
    """Say where the id of what was made is of use."""
    for path, operations in paths.items():
        created = operations.get("post", {}).get("responses", {}).get("201")
        for longer, others in paths.items():
            if created and re.fullmatch(rf"{re.escape(path)}/{{(\w+)}}(/\w+)?", longer):
                links = created.setdefault("links", {})
                links.update((one["operationId"], _to(one)) for one in others.values())


def _to(operation: Json) -> Json:
    [name] = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
    return {
        "operationId": operation["operationId"],
        "parameters": {name: "$response.body#/id"},
    }


def _schemas(operations: list[Operation]) -> Json:
    kinds = [kind for one in operations for kind in one.answers.values() if kind is not None]
    schemas = schemas_of([*kinds, Errors])
    for one in operations:
        if one.body is not None:
            schemas[type(one.body).__name__] = body_schema(one.body)
    return dict(sorted(schemas.items()))


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
