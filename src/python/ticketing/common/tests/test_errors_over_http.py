"""What a client sees of each failure."""

from collections.abc import Iterator

import pytest
from flask import abort
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from ticketing.common.core.errors import (
    Changed,
    Conflict,
    Duplicate,
    Failure,
    Invalid,
    NotAuthorized,
    NotFound,
    NotYet,
    Refused,
    Unavailable,
)
from ticketing.common.tests.apps import app_of, reply
from ticketing.common.tests.conftest import LogLines
from ticketing.common.web.errors import BodyTooLong, InternalError, TooManyRequests
from ticketing.common.web.idempotency import KeyReused, StillRunning
from ticketing.common.web.routes import MalformedJson, Routes

routes = Routes[None]("failures", __name__, url_prefix="/api")


class ShopClosed(Refused):
    def __init__(self, *, hour: int) -> None:
        super().__init__(f"It is closed until {hour}")


class WrongSize(Refused):
    sentence = "It does not fit"
    field = "size"


def told(status: int, code: str, message: str, **more: str) -> tuple[int, object]:
    return status, {"errors": [{"code": code, "message": message, **more}]}


NOT_FOUND = told(404, "not_found", "Not Found!")
FAILURES: dict[str, Exception] = {
    "refused": ShopClosed(hour=9),
    "refused-field": WrongSize(),
    "not-authorized": NotAuthorized(),
    "not-found": NotFound(),
    "invalid": Invalid({"title": "Title is required", "price": "Price is wrong"}),
    "malformed": MalformedJson(),
    "conflict": Conflict("changed meanwhile"),
    "duplicate": Duplicate("taken"),
    "not-yet": NotYet("too early"),
    "unavailable": Unavailable("no answer"),
    "unknown": RuntimeError("password=hunter2"),
    "running": StillRunning(),
    "reused": KeyReused(),
    "changed": Changed(),
    "too-long": BodyTooLong(),
    "too-many": TooManyRequests(seconds=60),
    "fault": InternalError(),
}


@routes.get("/fail/<kind>")
def fail(kind: str) -> ResponseReturnValue:
    raise FAILURES[kind]


@routes.get("/abort/<int:status>")
def stop(status: int) -> ResponseReturnValue:
    abort(status)


@routes.post("/things")
def make() -> ResponseReturnValue:
    return {"made": True}, 201


@pytest.fixture()
def client() -> Iterator[FlaskClient]:
    with app_of(routes).test_client() as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("refused", told(400, "shop_closed", "It is closed until 9")),
        ("refused-field", told(400, "wrong_size", "It does not fit", field="size")),
        ("not-authorized", told(401, "not_authorized", "Not Authorized")),
        ("not-found", NOT_FOUND),
        ("malformed", told(400, "malformed_json", "Malformed JSON")),
        ("conflict", told(409, "conflict", "Somebody else was first, try again")),
        ("duplicate", told(409, "conflict", "Somebody else was first, try again")),
        ("not-yet", told(409, "conflict", "Somebody else was first, try again")),
        (
            "running",
            told(
                409,
                "still_running",
                "The first request with this Idempotency-Key is still running",
            ),
        ),
        (
            "reused",
            told(422, "key_reused", "This Idempotency-Key was used for another request"),
        ),
        ("changed", told(412, "changed", "It has changed meanwhile")),
        ("too-long", told(413, "body_too_long", "The body must not be over 64 KiB")),
        (
            "too-many",
            told(429, "too_many_requests", "Too many requests, try again in 60 seconds"),
        ),
        ("fault", told(500, "internal_error", "Something went wrong")),
        ("unavailable", told(503, "unavailable", "no answer")),
        ("unknown", told(500, "internal_error", "Something went wrong")),
    ],
)
def test_each_kind_of_failure_has_its_status_code_and_sentence(
    client: FlaskClient, kind: str, expected: tuple[int, object]
) -> None:
    assert reply(client.get(f"/api/fail/{kind}")) == expected


def test_invalid_input_has_an_entry_per_field(client: FlaskClient) -> None:
    assert reply(client.get("/api/fail/invalid")) == (
        400,
        {
            "errors": [
                {"code": "invalid", "message": "Title is required", "field": "title"},
                {"code": "invalid", "message": "Price is wrong", "field": "price"},
            ]
        },
    )


def test_no_kind_of_failure_was_forgotten_here() -> None:
    kinds = {kind for failure in FAILURES.values() for kind in type(failure).__mro__}
    assert set(Failure.__subclasses__()) <= kinds


def test_an_unknown_error_is_logged_once_with_its_traceback_and_tells_nothing(
    client: FlaskClient, log_lines: LogLines
) -> None:
    response = client.get("/api/fail/unknown", headers={"X-Request-ID": "request-1"})
    assert response.text == (
        '{"errors":[{"code":"internal_error","message":"Something went wrong"}]}'
    )
    assert "hunter2" not in str(response.headers)
    (line,) = log_lines()
    assert (line["level"], line["event"]) == ("error", "request failed")
    assert (line["method"], line["path"]) == ("GET", "/api/fail/unknown")
    assert line["correlation_id"] == "request-1"
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("RuntimeError: password=hunter2")


def test_what_the_client_did_wrong_is_not_logged_as_an_error(
    client: FlaskClient, log_lines: LogLines
) -> None:
    for kind in ("refused", "not-found", "invalid", "conflict", "not-yet", "unavailable"):
        client.get(f"/api/fail/{kind}")
    client.get("/nowhere")
    assert [line for line in log_lines() if line["level"] in ("error", "critical")] == []


@pytest.mark.parametrize("path", ["/", "/api", "/api/nothing", "/api/things/x", "/%FF%00"])
def test_an_unknown_path_is_not_found(client: FlaskClient, path: str) -> None:
    assert reply(client.get(path)) == NOT_FOUND
    assert reply(client.post(path, json={})) == NOT_FOUND


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_known_path_with_another_method_is_not_found(client: FlaskClient, method: str) -> None:
    assert reply(client.open("/api/things", method=method)) == NOT_FOUND


@pytest.mark.parametrize("path", ["/api/things", "/api/fail/refused", "/healthz"])
def test_options_are_no_method_of_a_known_path(client: FlaskClient, path: str) -> None:
    response = client.options(path)
    assert reply(response) == NOT_FOUND
    assert "Allow" not in response.headers


@pytest.mark.parametrize("path", ["/api//things", "/api/things//", "/api//"])
def test_slashes_in_a_row_are_not_found_and_lead_nowhere(client: FlaskClient, path: str) -> None:
    for method in ("GET", "POST"):
        response = client.open(method=method, environ_overrides={"PATH_INFO": path})
        assert reply(response) == NOT_FOUND


def test_a_slash_at_the_end_changes_nothing(client: FlaskClient) -> None:
    assert reply(client.post("/api/things/")) == (201, {"made": True})


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [(400, "bad_request", "Bad Request"), (429, "too_many_requests", "Too Many Requests")],
)
def test_other_refusals_of_http_keep_their_status_in_our_envelope(
    client: FlaskClient, status: int, code: str, message: str
) -> None:
    assert reply(client.get(f"/api/abort/{status}")) == told(status, code, message)


def test_other_faults_of_http_are_just_faults(client: FlaskClient) -> None:
    assert reply(client.get("/api/abort/502")) == told(
        500, "internal_error", "Something went wrong"
    )
