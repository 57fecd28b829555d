"""What a platform does wrong is found; here a small one with some faults."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from ticketing.fuzz.asking import Asked, Asking
from ticketing.fuzz.report import Report

ERRORS = {"400": {"description": "No."}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}


Json = dict[str, Any]


def content_of(schema: str) -> Json:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def responses(answer: str) -> Json:
    return {"200": {"description": "Yes.", "content": content_of(answer)}, **ERRORS}


def operation(name: str, answer: str) -> Json:
    return {"get": {"operationId": name, "parameters": [LIMIT], "responses": responses(answer)}}


def write(name: str) -> Json:
    body = {"required": True, "content": content_of("Body")}
    return {"post": {"operationId": name, "requestBody": body, "responses": responses("Named")}}


def with_id(kind: str) -> Json:
    return {"type": "object", "required": ["id"], "properties": {"id": {"type": kind}}}


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "servers": [{"url": "/"}],
    "paths": {
        "/api/good": operation("good", "Named"),
        "/api/broken": operation("broken", "Named"),
        "/api/lying": operation("lying", "Numbered"),
        "/api/chatty": operation("chatty", "Named"),
        "/api/formal": write("formal"),
        "/api/picky": write("picky"),
    },
    "components": {
        "schemas": {
            "Named": with_id("string"),
            "Numbered": with_id("integer"),
            "Body": with_id("string") | {"additionalProperties": True},
        }
    },
}


REFUSALS = {
    "formal": {"code": "malformed_json", "message": "Malformed JSON"},
    "picky": {"code": "not_for_sale", "message": "It is not for sale"},
}


def wrong(field: str) -> ResponseReturnValue:
    error = {"code": "invalid", "message": f"{field} is wrong", "field": field}
    return {"errors": [error]}, 400


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
            return {
                "errors": [{"code": "invalid", "message": "Limit is wrong", "field": "limit"}]
            }, 400
        return {"id": "a", "secret": "b"} if name == "chatty" else {"id": "a"}

    @app.post("/api/<name>")
    def refuse(name: str) -> ResponseReturnValue:
        sent = request.get_json(silent=True)
        if not isinstance(sent, dict) or not isinstance(sent.get("id"), str):
            return wrong("id")
        return {"errors": [REFUSALS[name]]}, 400

    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, platform(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def judged(url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a run has to say of it."""
    asked = Asking("people", url, tmp_path_factory.mktemp("run"), seconds=20, seed=1).end()
    assert not asked.passed
    return "\n".join(Report([asked]).failures())


def test_faults_are_found_and_named(judged: str) -> None:
    assert "GET /api/broken 500" in judged
    assert "Server error" in judged
    assert "GET /api/lying" in judged
    assert "GET /api/good" not in judged


def test_a_field_that_the_document_does_not_name_is_found(judged: str) -> None:
    assert "GET /api/chatty" in judged
    assert "'secret' was unexpected" in judged


def test_a_refusal_for_its_form_is_found_and_one_by_a_rule_is_none(judged: str) -> None:
    assert "_ POST /api/formal _" in judged
    assert "_ POST /api/picky _" not in judged


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
    report = Report([run])
    assert list(report.failures()) == [failure]
    assert any(report.server_errors()) == ("503" in failure)
