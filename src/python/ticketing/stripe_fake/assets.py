"""What a browser loads: the script in the place of Stripe.js, and the frames that it opens.

A page of any origin may load them. They set no cookie, and the frames run no script but their own.
"""

from importlib.resources import files

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

assets = Blueprint("assets", __name__)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)

_FRAMES = ("card.html", "authentication.html")
_PARTS = ("authentication.js", "card.js", "channel.js", "formats.js", "frame.css", "theme.js")
_TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css"}


@assets.get("/v3/")
@assets.get("/v3/stripe.js")
def script() -> Response:
    response = _file("stripe.js")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@assets.get("/frames/<name>")
def frame(name: str) -> Response:
    if f"{name}.html" in _FRAMES:
        return _file(f"{name}.html")
    if name in _PARTS:
        return _file(name)
    raise NotFound


def _file(name: str) -> Response:
    body = (files("ticketing.stripe_fake") / "static" / name).read_bytes()
    response = Response(body, mimetype=_TYPES[name.rpartition(".")[2]])
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.add_etag()
    response.make_conditional(request)
    return response
