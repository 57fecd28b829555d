"""What a browser may do with an answer, and which other sites' scripts may read one."""

import re

from flask import Flask, Response, request
from flask_cors import CORS

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}
"""On every answer that has none of its own: an API's, which shows nothing and asks each time."""

_HEADERS = {name.lower(): (name, value) for name, value in HEADERS.items()}

HTTPS_FOR_A_YEAR = "max-age=31536000"

_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_ASKS = [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Request-ID",
]
_READS = ["ETag", "Idempotent-Replayed", "Link", "Retry-After", "X-Request-ID"]
_METHODS = ["GET", "POST", "PUT", "DELETE"]


class Origins:
    """Other sites, from `https://a.example, http://b.example:8080`; raises ValueError if one is
    none: there is no way to name them all.
    """

    def __init__(self, listed: str) -> None:
        self.names = [one.strip() for one in listed.split(",") if one.strip()]
        for name in self.names:
            if not _ORIGIN.fullmatch(name):
                raise ValueError(f"{name!r} is no origin like https://shop.example")


def protect(app: Flask) -> None:
    """Put the headers on every answer of the application."""
    app.after_request(_add_headers)


def open_to(origins: Origins, app: Flask) -> None:
    """Let the scripts of these sites use the API, with a bearer token: cookies stay ours alone."""
    if not origins.names:
        return
    CORS(
        app,
        resources=re.compile("/api/"),
        origins=origins.names,
        methods=_METHODS,
        allow_headers=_ASKS,
        expose_headers=_READS,
        max_age=600,
        always_send=False,
    )
    app.before_request(_answer_preflight)
    app.after_request(_vary_by_origin)


def _add_headers(response: Response) -> Response:
    given = {name.lower() for name, _ in response.headers}
    for name, header in _HEADERS.items():
        if name not in given:
            response.headers.add(*header)
    if "set-cookie" in given:
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        _secure_cookies(response)
        response.headers["Strict-Transport-Security"] = HTTPS_FOR_A_YEAR
    return response


def _secure_cookies(response: Response) -> None:
    cookies = response.headers.getlist("Set-Cookie")
    response.headers.remove("Set-Cookie")
    for cookie in cookies:
        flag = "" if "; Secure" in cookie else "; Secure"
        response.headers.add("Set-Cookie", f"{cookie}{flag}")


def _answer_preflight() -> Response | None:
    asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    return Response(status=204) if asked else None


def _vary_by_origin(response: Response) -> Response:
    response.vary.add("Origin")
    return response
