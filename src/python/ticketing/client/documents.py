"""The documents of the API: OpenAPI for programs, and a page that shows it to people."""

from functools import cache
from importlib.resources import files

import flask_swagger_ui
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from ticketing.client.assets import TYPES
from ticketing.common.web.routes import kept

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI brings pictures as data."""
SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js")
A_DAY = "public, max-age=86400"

documents = Blueprint("documents", __name__)


@documents.get("/api/openapi.json")
def openapi() -> ResponseReturnValue:
    return kept(_read("ticketing.client", "documents/openapi.json"))


@documents.get("/api/docs")
def show() -> ResponseReturnValue:
    response = Response(render_template("documents.html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response


@documents.get("/api/docs/<name>")
def swagger_ui(name: str) -> ResponseReturnValue:
    if name not in SWAGGER_UI:
        raise NotFound
    content = _read(flask_swagger_ui.__name__, f"dist/{name}")
    response = Response(content, mimetype=TYPES[name.rpartition(".")[2]])
    response.headers["Cache-Control"] = A_DAY
    return response


@cache
def _read(package: str, name: str) -> bytes:
    return files(package).joinpath(name).read_bytes()
