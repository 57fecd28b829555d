"""Lists of tickets, walked as a client would."""

import re
from typing import Any

from flask.testing import FlaskClient


def walk(client: FlaskClient, path: str, **asked: Any) -> list[list[str]]:
    """The ids on each page, from this one on."""
    pages = []
    reply = client.get(path, query_string=asked or None)
    for _ in range(100):
        assert reply.status_code == 200, reply.text
        pages.append([ticket["id"] for ticket in reply.get_json()])
        link = reply.headers.get("Link", "")
        assert not link or re.fullmatch(r'<[^>]+>; rel="next"', link)
        if not link:
            return pages
        reply = client.get(link.partition(">")[0].removeprefix("<"))
    raise AssertionError(f"pages without end: {pages[-2:]}")
