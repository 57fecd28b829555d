"""What clients get, in the documents of the API: the answers of an operation."""

import re
from collections.abc import Collection
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from ticketing.common.idempotency import REPLAYED
from ticketing.common.openapi_inputs import Json
from ticketing.common.openapi_inputs import messages
from ticketing.common.operation import Operation
from ticketing.common.operation import Tag
from ticketing.common.operation import Who
from ticketing.common.views import Errors

SCHEMAS = "#/components/schemas/"

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


def shared() -> Json:
    """The answers and headers that all operations refer to."""
    return {
        "headers": {
            name: {"description": text, "schema": schema}
            for name, (text, schema) in HEADERS.items()
        },
        "responses": {
            name: _failure(status, text, [(line, "") for line in lines])
            for status, (name, text, lines) in FAILURES.items()
        },
    }


def schemas_of(kinds: Collection[Any]) -> Json:
    """The schemas of these types and of all that they hold, by their names."""
    _, schemas = msgspec.json.schema_components(kinds, ref_template=SCHEMAS + "{name}")
    return {name: _untitled(schemas[name]) for name in sorted(schemas)}


def answers_of(operation: Operation, method: str, *, found: bool, limited: bool) -> Json:
    """Every answer by its status; `found` is by an id in the path, `limited` has a 429."""
    answers = {
        str(status): _success(operation, status, kind) for status, kind in operation.answers.items()
    }
    if operation.tag and method == "GET":
        answers["304"] = {"description": "Still as it was.", "headers": _headers(operation)}
    if said := list(messages(operation)):
        answers["400"] = _failure(400, "Not valid, or the rules say no.", said)
    for status in _failures(operation, method, found=found, limited=limited):
        answers[str(status)] = {"$ref": f"#/components/responses/{FAILURES[status][0]}"}
    for status, lines in operation.says.items():
        answers[str(status)] = _failure(status, MEANINGS[status], [(line, "") for line in lines])
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
    if kind is None:
        answer["headers"].pop("ETag", None)
        return answer
    [schema], _ = msgspec.json.schema_components([kind], ref_template=SCHEMAS + "{name}")
    return {**answer, "content": {"application/json": {"schema": schema}}}


def _headers(operation: Operation) -> Json:
    headers = {"X-Request-ID": _header("RequestId")}
    match operation.tag:
        case Tag.VERSION:
            headers["ETag"] = _header("Version")
        case Tag.CONTENT:
            headers["ETag"] = _header("Content")
    if operation.paged:
        headers["Link"] = _header("Next")
    if operation.cookies:
        headers["Set-Cookie"] = {"description": operation.cookies, "schema": {"type": "string"}}
    if operation.keyed:
        headers[REPLAYED] = _header("Replayed")
    return headers


def _untitled(schema: Json) -> Json:
    return {name: value for name, value in schema.items() if name != "title"}


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}


def _failure(status: int, text: str, said: Collection[tuple[str, str]]) -> Json:
    if not said:
        return {"description": text}
    headers = {"X-Request-ID": _header("RequestId")}
    if status == 429:
        headers["Retry-After"] = _header("RetryAfter")
    examples = {_slug(line): {"value": _errors(line, field)} for line, field in said}
    content = {"schema": {"$ref": SCHEMAS + Errors.__name__}, "examples": examples}
    return {
        "description": text,
        "headers": headers,
        "content": {"application/json": content},
    }


def _errors(message: str, field: str) -> Json:
    return {"errors": [{"message": message} | ({"field": field} if field else {})]}


def _slug(sentence: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", sentence.lower()))
