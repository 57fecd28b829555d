"""OpenAPI 3.1 from the routes of a service: what they say of themselves, and their schemas."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import msgspec
from apispec import APISpec
from apispec.core import Components
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import EXCLUDE
from werkzeug.routing import Rule

from ticketing.common.core.names import camel
from ticketing.common.core.settings import Settings
from ticketing.common.identity.access import CSRF, CSRF_HEADER, SESSION
from ticketing.common.web.idempotency import HEADER
from ticketing.common.web.limits import limits_of
from ticketing.common.web.openapi_answers import SCHEMAS, Json, Numbers, add_answers, answers_of
from ticketing.common.web.operation import Operation, Who
from ticketing.common.web.routes import kept
from ticketing.common.web.views import Errors, Id

VERSION = "3.1.0"
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


def publish(app: Flask, title: str, path: str, settings: Settings) -> None:
    """Answer with the application's document at this path; it is made when first asked for."""
    numbers = numbers_of(settings)
    made = cache(lambda: msgspec.json.encode(document(app, title, numbers)))
    app.add_url_rule(path, "openapi", lambda: kept(made()))


def numbers_of(settings: Settings) -> dict[str, float]:
    """What of it failures may take for their sentences."""
    found = msgspec.structs.asdict(settings)
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def document(app: Flask, title: str, numbers: Numbers, **info: str) -> Json:
    """All routes of the application that describe themselves, as OpenAPI 3.1; the `numbers` in
    sentences are settings.
    """
    # Whoever reads the file finds these above the paths.
    options = {"openapi": VERSION, "info": info, "servers": [{"url": "/"}]}
    spec = APISpec(title, "1", VERSION, [MarshmallowPlugin()], **options)
    routes = list(_described(app))
    _add_schemas(spec.components, [operation for _, _, operation in routes])
    add_answers(spec.components)
    for name, scheme in SECURITY.items():
        spec.components.security_scheme(name, scheme)
    for rule, method, operation in routes:
        limited = bool(limits_of(app.view_functions[rule.endpoint]))
        told = _operation(rule, method, operation, numbers, limited=limited)
        spec.path(_path(rule), operations={method.lower(): told})
    made = spec.to_dict()
    _link(made["paths"])
    return made


def schemas_of(kinds: Iterable[Any]) -> Json:
    """The schemas of these types and of all that they hold, by their names."""
    _, schemas = msgspec.json.schema_components(kinds, ref_template=SCHEMAS)
    for schema in schemas.values():
        schema.pop("title", None)
    return dict(sorted(schemas.items()))


def _add_schemas(components: Components, operations: Sequence[Operation]) -> None:
    """Add what is answered, and what is sent: of that, unknown fields are ignored."""
    kinds = [kind for one in operations for kind in one.answers.values()]
    for name, schema in schemas_of([*kinds, Errors]).items():
        components.schema(name, schema)
    for sent in sorted({type(one.body) for one in operations if one.body}, key=str):
        open_to_more = {"description": sent.__doc__, "additionalProperties": True}
        components.schema(sent.__name__, open_to_more, schema=sent(unknown=EXCLUDE))


def _described(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in sorted(app.url_map.iter_rules(), key=str):
        operation = getattr(app.view_functions[rule.endpoint], "operation", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if operation is not None:
                yield rule, method, operation


def _path(rule: Rule) -> str:
    return re.sub("<(.+?)>", lambda name: f"{{{camel(name[1])}}}", rule.rule)


def _operation(
    rule: Rule, method: str, operation: Operation, numbers: Numbers, *, limited: bool
) -> Json:
    found: Json = {
        "operationId": camel(rule.endpoint.replace(".", "_")),
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": operation.summary,
        "parameters": list(_parameters(rule, method, operation)),
        "responses": answers_of(
            operation, method, numbers, found=bool(rule.arguments), limited=limited
        ),
        "security": _security(method, operation),
    }
    if operation.details:
        found["description"] = operation.details
    if operation.body:
        content = {"application/json": {"schema": operation.body}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _parameters(rule: Rule, method: str, operation: Operation) -> Iterator[Json]:
    for name in sorted(rule.arguments):
        yield {"name": camel(name), "in": "path", "schema": msgspec.json.schema(Id)}
    if operation.query:
        yield {"in": "query", "schema": operation.query}
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
            leads = re.fullmatch(rf"{re.escape(path)}/{{(\w+)}}(/\w+)?", longer)
            if created and leads:
                links = created.setdefault("links", {})
                links.update(_to(one["operationId"], leads[1]) for one in others.values())


def _to(operation: str, parameter: str) -> tuple[str, Json]:
    parameters = {parameter: "$response.body#/id"}
    return operation, {"operationId": operation, "parameters": parameters}
