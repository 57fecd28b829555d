"""What a view does: read what came in, call a use case, reply."""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Flask, Response, current_app, request
from marshmallow import EXCLUDE, Schema, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from ticketing.common.core.errors import Invalid, Refused
from ticketing.common.web.views import Versioned, View

MAX_BODY = 64 * 1024
"""Bytes of a request's body; a longer one is 413."""

_ENCODER = msgspec.json.Encoder()
_VERSION = re.compile('"(0|[1-9][0-9]{0,17})"')

U = TypeVar("U")
T = TypeVar("T")


class NotJson(Refused):
    """It is sent as something else."""

    sentence = "Content-Type must be application/json"


class MalformedJson(Refused):
    """It is no JSON of RFC 8259."""

    sentence = "Malformed JSON"


class NotAnObject(Refused):
    """It is JSON, but another value."""

    sentence = "The body must be a JSON object"


class Routes(Blueprint, Generic[U]):
    """A blueprint whose views call the use cases of its service: `orders.use_cases.create(...)`."""

    def serve(self, app: Flask, use_cases: U) -> None:
        """Answer in this application, by these use cases."""
        app.extensions["use_cases"] = use_cases
        app.register_blueprint(self)

    @property
    def use_cases(self) -> U:
        """Those of the application that answers this request."""
        found: U = current_app.extensions["use_cases"]
        return found


def json_object() -> dict[str, Any]:
    """The request's JSON body; raises Refused, RequestEntityTooLarge."""
    if not request.is_json:
        raise NotJson
    data = request.get_data()
    if len(data) > MAX_BODY:
        raise RequestEntityTooLarge
    try:
        given = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise MalformedJson from None
    if not isinstance(given, dict):
        raise NotAnObject
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


def versions() -> frozenset[int] | None:
    """The versions at which a change is asked for by If-Match; None where it may be at any.

    A tag that is no version of ours matches none.
    """
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    tags = (_VERSION.fullmatch(tag.strip()) for tag in given.split(","))
    return frozenset(int(tag[1]) for tag in tags if tag)


def shown(view: Versioned, status: int = 200) -> Response:
    """Reply with the view and its version as the ETag; 304 to who reads and has that already."""
    return _tagged(_json(_ENCODER.encode(view), status), str(view.version))


def told(view: View, status: int = 200) -> Response:
    """Reply with a view that has no version."""
    return _json(_ENCODER.encode(view), status)


def listed(views: Sequence[View], link: str = "") -> Response:
    """Reply with an array, and an ETag of its content and that of the Link header, if there is one;
    304 to who has it already.
    """
    reply = kept(_ENCODER.encode(views), link)
    if link:
        reply.headers.add("Link", link)
    return reply


def page(
    items: Sequence[T], limit: int, view: Callable[[T], View], cursor: Callable[[T], str]
) -> Response:
    """Reply with `limit` items at the most; `items` has one more where there is a next page.

    The body stays an array, the next page is named in the Link header: it comes after what `cursor`
    says of the last item.
    """
    found = items[:limit]
    link = _next(cursor(found[-1])) if len(items) > limit else ""
    return listed([view(item) for item in found], link)


def empty() -> Response:
    """Reply that it is done, with nothing to show."""
    reply = Response(status=204)
    del reply.headers["Content-Type"]
    return reply


def kept(body: bytes, besides: str = "") -> Response:
    """Reply with this JSON, and an ETag of it and of what is told `besides`; 304 to who has it."""
    tag = hashlib.sha1(body + besides.encode(), usedforsecurity=False).hexdigest()[:24]
    return _tagged(_json(body, 200), tag, weak=True)


def _load(schema: Schema, given: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(given, unknown=EXCLUDE)
    except ValidationError as error:
        messages = cast(dict[str, list[str]], error.messages)
        raise Invalid({field: lines[0] for field, lines in messages.items()}) from None
    return loaded


def _next(cursor: str) -> str:
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return f'<{request.path}?{urlencode([*others, ("cursor", cursor)])}>; rel="next"'


def _json(body: bytes, status: int) -> Response:
    return Response(body, status, mimetype="application/json")


def _tagged(reply: Response, tag: str, *, weak: bool = False) -> Response:
    reply.set_etag(tag, weak)
    asked = "HTTP_IF_NONE_MATCH" in request.environ and request.method in ("GET", "HEAD")
    if asked and request.if_none_match.contains_weak(tag):
        reply.status_code = 304
    return reply
