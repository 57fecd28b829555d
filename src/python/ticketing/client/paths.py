"""Addresses of our own: what is asked in them, and which to come back to after signing in."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from flask import request

HOME = "/"
MAX_QUERY = 200
"""Characters of a query parameter that are passed on: more than any may have."""


def asked(*names: str) -> dict[str, str]:
    """Those of the request's query parameters that are not empty."""
    given = {name: request.args.get(name, "").strip()[:MAX_QUERY] for name in names}
    return {name: value for name, value in given.items() if value}


def own_path(given: str) -> str:
    """`given` if it is a path on this site and nothing else; else the home page.

    Browsers read a backslash as a slash and drop control characters, so `/\\\\evil.example` and
    `/<tab>/evil.example` lead away as `//evil.example` does.
    """
    plain = given.isascii() and given.isprintable() and "\\" not in given
    if not (plain and given.startswith("/") and not given.startswith("//")):
        return HOME
    try:
        parts = urlsplit(given)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else given


def sign_in_then(path: str) -> str:
    """The sign-in page that leads on to `path`."""
    return f"/auth/signin?next={quote(path, safe='')}"


def with_query(path: str, values: Mapping[str, str]) -> str:
    """The path with those of the values that are not empty as its query."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path
