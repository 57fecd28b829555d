"""Answers with an ETag: what has not changed is not sent again, and not changed unseen."""

import hashlib
import re
from collections.abc import Sequence

import msgspec
from flask import Response, request

from ticketing.common.web.views import Versioned, View

_ENCODER = msgspec.json.Encoder()
_VERSION = re.compile('"(0|[1-9][0-9]{0,17})"')


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


def empty() -> Response:
    """Reply that it is done, with nothing to show."""
    reply = Response(status=204)
    del reply.headers["Content-Type"]
    return reply


def kept(body: bytes, besides: str = "") -> Response:
    """Reply with this JSON, and an ETag of it and of what is told `besides`; 304 to who has it."""
    tag = hashlib.sha1(body + besides.encode(), usedforsecurity=False).hexdigest()[:24]
    return _tagged(_json(body, 200), tag, weak=True)


def versions() -> frozenset[int] | None:
    """The versions at which a change is asked for by If-Match; None where it may be at any.

    A tag that is no version of ours matches none.
    """
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    tags = (_VERSION.fullmatch(tag.strip()) for tag in given.split(","))
    return frozenset(int(tag[1]) for tag in tags if tag)


def _json(body: bytes, status: int) -> Response:
    return Response(body, status, mimetype="application/json")


def _tagged(reply: Response, tag: str, *, weak: bool = False) -> Response:
    reply.set_etag(tag, weak)
    asked = "HTTP_IF_NONE_MATCH" in request.environ and request.method in ("GET", "HEAD")
    if asked and request.if_none_match.contains_weak(tag):
        reply.status_code = 304
    return reply
