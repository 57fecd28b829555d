"""Lists in pages: the body stays an array, the next page is named in the Link header."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response, request

from ticketing.common.web.replies import listed
from ticketing.common.web.views import View

T = TypeVar("T")


def page(
    items: Sequence[T], limit: int, view: Callable[[T], View], cursor: Callable[[T], str]
) -> Response:
    """Reply with `limit` items at the most; `items` has one more where there is a next page.

    `cursor` of the last item shown is what the next page comes after.
    """
    shown = items[:limit]
    link = _next(cursor(shown[-1])) if len(items) > limit else ""
    return listed([view(item) for item in shown], link)


def _next(cursor: str) -> str:
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return f'<{request.path}?{urlencode([*others, ("cursor", cursor)])}>; rel="next"'
