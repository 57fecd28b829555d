"""What a platform does wrong is found; here a small one with two faults."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask import Response
from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from ticketing.fuzz.asking import Asked
from ticketing.fuzz.asking import Asking
from ticketing.fuzz.report import Report

ERRORS = {"400": {"description": "No."}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}


def operation(name: str, answer: str) -> dict[str, Any]:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": answer}}}
    content = {"application/json": {"schema": schema}}
    responses = {"200": {"description": "Yes.", "content": content}, **ERRORS}
    return {"get": {"operationId": name, "parameters": [LIMIT], "responses": responses}}


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "servers": [{"url": "/"}],
    "paths": {
        "/api/good": operation("good", "string"),
        "/api/broken": operation("broken", "string"),
        "/api/lying": operation("lying", "integer"),
    },
}


def platform() -> Flask:
    app = Flask(__name__)

    @app.get("/api/openapi.json")
    def document() -> ResponseReturnValue:
        return Response(json.dumps(DOCUMENT), mimetype="application/json")

    @app.post("/api/users/<way>")
    def enter(way: str) -> ResponseReturnValue:
        response = Response(way)
        response.set_cookie("session", "token")
        return response

    @app.get("/api/<name>")
    def answer(name: str) -> ResponseReturnValue:
        limit = request.args.getlist("limit")
        if name == "broken" and limit:
            return {"errors": []}, 500
        if len(limit) > 1 or not all(one.isdecimal() and int(one) >= 1 for one in limit):
            return {"errors": [{"message": "Limit is wrong", "field": "limit"}]}, 400
        return {"id": "a"}

    return app


@pytest.fixture()
def url() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, platform(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_faults_are_found_and_named(url: str, tmp_path: Path) -> None:
    asked = Asking("people", url, tmp_path, seconds=20, seed=1).end()
    assert not asked.passed
    failures = "\n".join(Report([asked]).failures())
    assert "GET /api/broken 500" in failures
    assert "Server error" in failures
    assert "/api/lying" in failures
    assert "GET /api/good" not in failures


ROWS = {"GET /a 200": 3, "GET /a 404": 1, "POST /b 201": 2}


def run_of(counts: dict[str, int], *, passed: bool = True, said: str = "") -> Asked:
    return Asked("people", Counter(counts), said, passed)


def test_a_run_without_faults_is_passed() -> None:
    report = Report([run_of(ROWS), run_of(ROWS)])
    assert list(report.failures()) == []
    assert report.by_status() == "200: 6, 201: 4, 404: 2"
    assert report.table().row_count == 3


@pytest.mark.parametrize(
    ("run", "failure"),
    [
        (run_of({**ROWS, "GET /a 503": 2}), "GET /a 503: 2 times"),
        (run_of(ROWS, passed=False, said="a\n== FAILURES ==\nb"), "people: = FAILURES ==\nb"),
        (run_of(ROWS, passed=False, said="it crashed"), "people: it crashed"),
        (run_of({}), "people: nothing was asked\n"),
    ],
)
def test_what_went_wrong_is_said(run: Asked, failure: str) -> None:
    assert list(Report([run]).failures()) == [failure]
