"""What clients get, in the documents of the API: the answers of an operation."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from inspect import signature
from typing import Any

import msgspec
from apispec.core import Components
from marshmallow import fields

from ticketing.common.core.errors import (
    Changed,
    Conflict,
    Failure,
    Invalid,
    NotAuthorized,
    NotFound,
)
from ticketing.common.web.errors import BodyTooLong, InternalError, TooManyRequests, envelope
from ticketing.common.web.idempotency import REPLAYED, BadKey, KeyReused, StillRunning
from ticketing.common.web.operation import Operation, Said, Who
from ticketing.common.web.routes import MalformedJson, NotAnObject, NotJson
from ticketing.common.web.views import Errors

Json = dict[str, Any]
Numbers = Mapping[str, Any]
"""Settings, which failures may take for their sentences."""

SCHEMAS = "#/components/schemas/{name}"

NO_BODY = (NotJson, MalformedJson, NotAnObject)

FAILURES: dict[int, tuple[str, str, list[Said]]] = {
    401: ("NotAuthorized", "Not signed in, or not the owner.", [NotAuthorized]),
    404: ("NotFound", "There is no such thing.", [NotFound]),
    409: (
        "Conflict",
        "Other writers won three times in a row, or a key's first request is running.",
        [Conflict, StillRunning],
    ),
    412: ("Changed", "It is at none of the versions in If-Match.", [Changed]),
    413: ("TooLong", "A body over 64 KiB.", [BodyTooLong]),
    422: ("KeyReused", "The key stands for another path or body.", [KeyReused]),
    429: (
        "TooManyRequests",
        "The limit of this route is reached.",
        [TooManyRequests(seconds=60)],
    ),
    431: (
        "HeadersTooLong",
        "Far over 16 KiB of headers, or over ninety of them; it says no more.",
        [],
    ),
    500: ("Failed", "A fault of ours.", [InternalError]),
}
"""By status: the name of the answer, what it means, and its failures; without any, no body."""
MEANINGS = {status: meaning for status, (_, meaning, _) in FAILURES.items()} | {
    503: "Not now: what was asked may have happened or not.",
}
"""Those too of which each route has failures of its own."""

HEADERS: dict[str, tuple[str, Json]] = {
    "RequestId": ("The request's id, in all logs; one sent along is kept.", {"type": "string"}),
    "Version": ("The version, in quotes.", {"type": "string", "pattern": '^"[0-9]+"$'}),
    "Content": ("Stands for this content.", {"type": "string", "pattern": '^W/"[0-9a-f]+"$'}),
    "Next": (
        'Names the next page, `<...>; rel="next"`, where there is more.',
        {"type": "string", "pattern": '^<[^>]+>; rel="next"$'},
    ),
    "Replayed": (
        "It is the first answer to this key, once more.",
        {"type": "string", "const": "true"},
    ),
    "RetryAfter": ("Seconds until it may be tried again.", {"type": "integer", "minimum": 1}),
}


def add_answers(components: Components) -> None:
    """Add the answers and headers that all operations refer to."""
    for name, (text, schema) in HEADERS.items():
        components.header(name, {"description": text, "schema": schema})
    for status, (name, text, said) in FAILURES.items():
        components.response(name, _failure(status, text, [_shown(one, {}) for one in said]))


def answers_of(
    operation: Operation, method: str, numbers: Numbers, *, found: bool, limited: bool
) -> dict[int, Any]:
    """Every answer by its status; `found` is by an id in the path, `limited` has a 429."""
    answers: dict[int, Any] = {
        status: _success(operation, status, kind) for status, kind in operation.answers.items()
    }
    if operation.tag and method == "GET":
        answers[304] = {"description": "Still as it was.", "headers": _headers(operation)}
    if said := [_shown(one, numbers) for one in _said(operation)]:
        answers[400] = _failure(400, "Not valid, or the rules say no.", said)
    for status in _failures(operation, method, found=found, limited=limited):
        answers[status] = FAILURES[status][0]
    for status, own in operation.says.items():
        answers[status] = _failure(status, MEANINGS[status], [_shown(one, numbers) for one in own])
    return dict(sorted(answers.items()))


def _failures(operation: Operation, method: str, *, found: bool, limited: bool) -> Iterable[int]:
    may_be = {
        401: operation.who is Who.SIGNED_IN,
        404: found,
        409: operation.keyed or operation.conditional,
        412: operation.conditional,
        413: method != "GET",
        422: operation.keyed,
        429: limited,
        431: True,
        500: True,
    }
    return {*operation.fails, *(status for status, is_so in may_be.items() if is_so)}


def _success(operation: Operation, status: int, kind: Any) -> Json:
    answer: Json = {"description": HTTPStatus(status).phrase, "headers": _headers(operation)}
    if kind is not None:
        [schema], _ = msgspec.json.schema_components([kind], ref_template=SCHEMAS)
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def _headers(operation: Operation) -> Json:
    headers: Json = {"X-Request-ID": "RequestId"}
    if operation.tag:
        headers["ETag"] = operation.tag.value
    if operation.paged:
        headers["Link"] = "Next"
    if operation.cookies:
        headers["Set-Cookie"] = {"description": operation.cookies, "schema": {"type": "string"}}
    if operation.keyed:
        headers[REPLAYED] = "Replayed"
    return headers


def _failure(status: int, text: str, said: Sequence[Failure]) -> Json:
    if not said:
        return {"description": text}
    headers = {"X-Request-ID": "RequestId"}
    if status == 429:
        headers["Retry-After"] = "RetryAfter"
    content = {"schema": _errors_with(said), "examples": dict(map(_example, said))}
    return {"description": text, "headers": headers, "content": {"application/json": content}}


def _errors_with(said: Sequence[Failure]) -> Json:
    """The envelope, with the codes of these failures alone."""
    codes = {"enum": sorted({one.code() for one in said})}
    entry = {"items": {"properties": {"code": codes}}}
    return {"$ref": SCHEMAS.format(name=Errors.__name__), "properties": {"errors": entry}}


def _example(failure: Failure) -> tuple[str, Json]:
    """The failure in an answer, and a name for that."""
    name = "-".join(re.findall("[a-z0-9]+", str(failure).lower()))
    return name, {"value": msgspec.to_builtins(envelope(failure))}


def _shown(said: Said, numbers: Numbers) -> Failure:
    if not isinstance(said, type):
        return said
    named = signature(said).parameters.keys() & numbers.keys()
    return said(**{name: numbers[name] for name in named})


def _said(operation: Operation) -> Iterator[Said]:
    """Every failure that a 400 of this operation may be."""
    for schema in (operation.query, operation.body):
        for name, field in (schema.fields if schema else {}).items():
            yield from (Invalid({field.data_key or name: text}) for text in _sentences(field))
    if operation.query:
        first = next(iter(operation.query.fields))
        yield Invalid({first: f"{first.capitalize()} must be given once"})
    if operation.body:
        yield from NO_BODY
    if operation.keyed:
        yield BadKey
    yield from operation.refusals


def _sentences(field: fields.Field[Any]) -> list[Any]:
    """The field's own sentences, not marshmallow's."""
    kinds = type(field).__mro__
    usual = {
        text for kind in kinds for text in getattr(kind, "default_error_messages", {}).values()
    }
    rules = [getattr(rule, "error", None) for rule in field.validators]
    texts = [*field.error_messages.values(), *rules]
    return [text for text in texts if text and text not in usual]
