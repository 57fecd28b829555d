"""What a client sees of each failure."""

from collections.abc import Iterator

import pytest
from flask import Blueprint, abort
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
from ticketing.common.storage.keys import OtherRequest, StillRunning
from ticketing.common.tests.apps import app_of, errors, reply
from ticketing.common.tests.conftest import LogLines

routes = Blueprint("failures", __name__, url_prefix="/api")

FAILURES: dict[str, Exception] = {
    "refused": Refused("Ticket is already reserved!"),
    "not-authorized": NotAuthorized(),
    "not-found": NotFound(),
    "invalid": Invalid({"title": "Title is required", "price": "Price is wrong"}),
    "invalid-whole": Invalid({"": "Malformed JSON"}),
    "conflict": Conflict("changed meanwhile"),
    "duplicate": Duplicate("taken"),
    "not-yet": NotYet("too early"),
    "unavailable": Unavailable("no answer"),
    "unknown": RuntimeError("password=hunter2"),
    "running": StillRunning(),
    "other": OtherRequest(),
    "changed": Changed(),
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
        ("refused", errors(400, "Ticket is already reserved!")),
        ("not-authorized", errors(401, "Not Authorized")),
        ("not-found", errors(404, "Not Found!")),
        ("invalid-whole", errors(400, "Malformed JSON")),
        ("conflict", errors(409, "Somebody else was first, try again")),
        ("duplicate", errors(409, "Somebody else was first, try again")),
        ("not-yet", errors(409, "Somebody else was first, try again")),
        ("running", errors(409, str(StillRunning()))),
        ("other", errors(422, str(OtherRequest()))),
        ("changed", errors(412, "It has changed meanwhile")),
        ("unavailable", errors(503, "no answer")),
        ("unknown", errors(500, "Something went wrong")),
    ],
)
def test_each_kind_of_failure_has_its_status_and_sentence(
    client: FlaskClient, kind: str, expected: tuple[int, object]
) -> None:
    assert reply(client.get(f"/api/fail/{kind}")) == expected


def test_invalid_input_has_an_entry_per_field(client: FlaskClient) -> None:
    assert reply(client.get("/api/fail/invalid")) == (
        400,
        {
            "errors": [
                {"message": "Title is required", "field": "title"},
                {"message": "Price is wrong", "field": "price"},
            ]
        },
    )


def test_no_kind_of_failure_was_forgotten_here() -> None:
    def kinds(kind: type[Exception]) -> set[type[Exception]]:
        return {kind}.union(*(kinds(one) for one in kind.__subclasses__()))

    assert kinds(Failure) - {Failure} <= {type(failure) for failure in FAILURES.values()}


def test_an_unknown_error_is_logged_once_with_its_traceback_and_tells_nothing(
    client: FlaskClient, log_lines: LogLines
) -> None:
    response = client.get("/api/fail/unknown", headers={"X-Request-ID": "request-1"})
    assert response.text == '{"errors":[{"message":"Something went wrong"}]}'
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
    assert reply(client.get(path)) == errors(404, "Not Found!")
    assert reply(client.post(path, json={})) == errors(404, "Not Found!")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_known_path_with_another_method_is_not_found(client: FlaskClient, method: str) -> None:
    assert reply(client.open("/api/things", method=method)) == errors(404, "Not Found!")


@pytest.mark.parametrize("path", ["/api/things", "/api/fail/refused", "/healthz"])
def test_options_are_no_method_of_a_known_path(client: FlaskClient, path: str) -> None:
    response = client.options(path)
    assert reply(response) == errors(404, "Not Found!")
    assert "Allow" not in response.headers


@pytest.mark.parametrize("path", ["/api//things", "/api/things//", "/api//"])
def test_slashes_in_a_row_are_not_found_and_lead_nowhere(client: FlaskClient, path: str) -> None:
    for method in ("GET", "POST"):
        response = client.open(method=method, environ_overrides={"PATH_INFO": path})
        assert reply(response) == errors(404, "Not Found!")


def test_a_slash_at_the_end_changes_nothing(client: FlaskClient) -> None:
    assert reply(client.post("/api/things/")) == (201, {"made": True})


@pytest.mark.parametrize(("status", "message"), [(400, "Bad Request"), (429, "Too Many Requests")])
def test_other_refusals_of_http_keep_their_status_in_our_envelope(
    client: FlaskClient, status: int, message: str
) -> None:
    assert reply(client.get(f"/api/abort/{status}")) == errors(status, message)


def test_other_faults_of_http_are_just_faults(client: FlaskClient) -> None:
    assert reply(client.get("/api/abort/502")) == errors(500, "Something went wrong")
