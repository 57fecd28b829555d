"""What the switches do to calls of the API, and the path /test/faults that sets them."""

import json
import select
import socket
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import msgspec
from flask import Blueprint, Response, request

from ticketing.stripe_fake.errors import INVALID, NotStartedError, server_error
from ticketing.stripe_fake.exchange import reply, works
from ticketing.stripe_fake.switches import Fate, Faults, Switchboard

API = "/v1/"
PATIENCE = 120.0
"""Seconds after which a connection that is answered with silence is closed."""

faults = Blueprint("faults", __name__, url_prefix="/test/faults")


@faults.get("")
def show() -> Response:
    return reply(200, msgspec.json.encode(works().switchboard.faults).decode())


@faults.put("")
def set_all() -> Response:
    """What the body does not name is off."""
    try:
        wanted = msgspec.json.decode(request.get_data(), type=Faults)
    except msgspec.DecodeError as error:
        raise NotStartedError(400, INVALID, str(error)) from None
    works().switchboard.set(wanted)
    return show()


class Unreliable:
    """The application as the switches let its callers see it."""

    def __init__(self, app: WSGIApplication, switchboard: Switchboard) -> None:
        self._app, self._switchboard = app, switchboard

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(API):
            return self._app(environ, start_response)
        self._switchboard.closing.wait(self._switchboard.faults.delay)
        fate = self._switchboard.fate()
        if fate is Fate.ANSWERED:
            return self._app(environ, start_response)
        answered_with, works_first = fate.value
        self._have_it_done(environ, works_first)
        if answered_with == "nothing":
            self._stay_silent(environ["werkzeug.socket"])
        body = json.dumps(server_error().body()).encode()
        start_response("500 Internal Server Error", [("Content-Type", "application/json")])
        return [body]

    def _have_it_done(self, environ: WSGIEnvironment, works_first: bool) -> None:
        """Read the whole request, as a socket closed over unread bytes would tell of it."""
        if works_first:
            list(self._app(environ, lambda *_: lambda data: None))
        else:
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))

    def _stay_silent(self, caller: socket.socket) -> None:
        """Return never: wait until the caller hangs up, then end the connection."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not self._switchboard.closing.is_set():
            if select.select([caller], [], [], 0.25)[0]:  # nothing but its end can come
                break
        raise ConnectionAbortedError
