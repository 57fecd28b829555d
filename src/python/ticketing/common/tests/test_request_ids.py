"""The id that follows a request through logs and events."""

import pytest
from flask import jsonify
from flask.typing import ResponseReturnValue
from structlog.contextvars import bind_contextvars, get_contextvars

from ticketing.common.tests.apps import app_of
from ticketing.common.web.routes import Routes

routes = Routes[None]("ids", __name__)


@routes.get("/context")
def context() -> ResponseReturnValue:
    return jsonify(get_contextvars())


@routes.post("/context")
def bind() -> ResponseReturnValue:
    bind_contextvars(ticket_id="t")
    return context()


client = app_of(routes).test_client()


@pytest.mark.parametrize("given", ["a", "6b1d8a0c-5f1e-4c0e", "a b/c=1;~", "x" * 128])
def test_a_request_id_is_kept_and_given_back(given: str) -> None:
    response = client.get("/context", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] == given
    assert response.get_json() == {"correlation_id": given}


@pytest.mark.parametrize("given", ["", "x" * 129, "é", "a\tb", "\x00", "\x7f", "a\x1b[31m"])
def test_a_silly_request_id_is_replaced(given: str) -> None:
    response = client.get("/context", environ_overrides={"HTTP_X_REQUEST_ID": given})
    made = response.headers["X-Request-ID"]
    assert len(made) == 32
    assert int(made, 16)
    assert response.get_json() == {"correlation_id": made}


def test_each_request_without_an_id_gets_its_own() -> None:
    ids = {client.get("/context").headers["X-Request-ID"] for _ in range(20)}
    assert len(ids) == 20


def test_nothing_bound_in_one_request_is_left_for_the_next() -> None:
    assert client.post("/context").get_json().keys() == {"correlation_id", "ticket_id"}
    assert client.get("/context").get_json().keys() == {"correlation_id"}


def test_errors_carry_the_id_too() -> None:
    response = client.get("/nowhere", headers={"X-Request-ID": "request-1"})
    assert (response.status_code, response.headers["X-Request-ID"]) == (404, "request-1")
