"""Lists in pages: the body stays an array, the next page is named in the Link header."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response
from flask import jsonify
from flask import request

T = TypeVar("T")


def page(
    items: Sequence[T], limit: int, view: Callable[[T], Any], cursor: Callable[[T], str]
) -> Response:
    """Reply with `limit` items at the most; `items` has one more where there is a next page.

    `cursor` of the last item shown is what the next page comes after.
    """
    shown = items[:limit]
    response = jsonify([view(item) for item in shown])
    if len(items) > limit:
        args = {**request.args.to_dict(), "cursor": cursor(shown[-1])}
        response.headers["Link"] = f'<{request.path}?{urlencode(args)}>; rel="next"'
    return response
