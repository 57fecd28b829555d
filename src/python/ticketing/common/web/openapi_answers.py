"""What clients get, in the documents of the API: the answers of an operation."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from apispec.core import Components
from marshmallow import fields

from ticketing.common.web.idempotency import HEADER, REPLAYED
from ticketing.common.web.operation import Operation, Sentence, Who
from ticketing.common.web.views import Errors

Json = dict[str, Any]

SCHEMAS = "#/components/schemas/{name}"

NO_BODY = [
    "Content-Type must be application/json",
    "Malformed JSON",
    "The body must be a JSON object",
]
BAD_KEY = f"{HEADER} must be 1 to 255 printable ASCII characters"

FAILURES: dict[int, tuple[str, str, list[str]]] = {
    401: ("NotAuthorized", "Not signed in, or not the owner.", ["Not Authorized"]),
    404: ("NotFound", "There is no such thing.", ["Not Found!"]),
    409: (
        "Conflict",
        "Other writers won three times in a row, or a key's first request is running.",
        [
            "Somebody else was first, try again",
            "The first request with this Idempotency-Key is still running",
        ],
    ),
    412: (
        "Changed",
        "It is at none of the versions in If-Match.",
        ["It has changed meanwhile"],
    ),
    413: ("TooLong", "A body over 64 KiB.", ["The body must not be over 64 KiB"]),
    422: (
        "KeyReused",
        "The key stands for another path or body.",
        ["This Idempotency-Key was used for another request"],
    ),
    429: (
        "TooManyRequests",
        "The limit of this route is reached.",
        ["Too many requests, try again in 60 seconds"],
    ),
    431: (
        "HeadersTooLong",
        "Far over 16 KiB of headers, or over ninety of them; it says no more.",
        [],
    ),
    500: ("Failed", "A fault of ours.", ["Something went wrong"]),
}
"""By status: the name of the answer, what it means, and its sentences; without any, no body."""
MEANINGS = {status: meaning for status, (_, meaning, _) in FAILURES.items()} | {
    503: "Not now: what was asked may have happened or not.",
}
"""Those too of which each route has sentences of its own."""

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
    for status, (name, text, lines) in FAILURES.items():
        components.response(name, _failure(status, text, lines))


def answers_of(operation: Operation, method: str, *, found: bool, limited: bool) -> dict[int, Any]:
    """Every answer by its status; `found` is by an id in the path, `limited` has a 429."""
    answers: dict[int, Any] = {
        status: _success(operation, status, kind) for status, kind in operation.answers.items()
    }
    if operation.tag and method == "GET":
        answers[304] = {"description": "Still as it was.", "headers": _headers(operation)}
    if said := list(_said(operation)):
        answers[400] = _failure(400, "Not valid, or the rules say no.", said)
    for status in _failures(operation, method, found=found, limited=limited):
        answers[status] = FAILURES[status][0]
    for status, lines in operation.says.items():
        answers[status] = _failure(status, MEANINGS[status], lines)
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


def _failure(status: int, text: str, said: Iterable[Sentence]) -> Json:
    if not said:
        return {"description": text}
    headers = {"X-Request-ID": "RequestId"}
    if status == 429:
        headers["Retry-After"] = "RetryAfter"
    content = {"schema": Errors.__name__, "examples": dict(map(_example, said))}
    return {"description": text, "headers": headers, "content": {"application/json": content}}


def _example(said: Sentence) -> tuple[str, Json]:
    """The sentence in an answer, and a name for that."""
    message, *field = (said,) if isinstance(said, str) else said
    error = {"message": message} | ({"field": field[0]} if field else {})
    return "-".join(re.findall("[a-z0-9]+", message.lower())), {"value": {"errors": [error]}}


def _said(operation: Operation) -> Iterator[Sentence]:
    """Every sentence that a 400 of this operation may hold."""
    for schema in (operation.query, operation.body):
        for name, field in (schema.fields if schema else {}).items():
            yield from ((message, field.data_key or name) for message in _sentences(field))
    if operation.query:
        first = next(iter(operation.query.fields))
        yield f"{first.capitalize()} must be given once", first
    if operation.body:
        yield from NO_BODY
    if operation.keyed:
        yield BAD_KEY
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
