"""The streams that tell open pages of changes: Server-Sent Events, a thread for each page."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial

import httpx
from flask import Blueprint, Flask, Response, abort, request

from ticketing.client.syntax import ID, TOKEN
from ticketing.client.watching import GONE, Look, Looks, Seen
from ticketing.common.web.application import application
from ticketing.common.web.settings import WebSettings

LIMIT = 250
"""Open pages that one process serves at once; one more is told 503.

Seen on two cores under other load (4 to 6 runnable): 250 pages of as many tickets, or of as many
orders, take half a core and 68 MB, have the first version within 0.6 s and a change within 0.4 s;
250 pages of one ticket take a fiftieth of a core. With 400 pages of as many tickets it is 0.9 of a
core and 78 MB, and a change still comes within 0.5 s: that is the margin.
"""
THREADS = LIMIT + 16
"""Threads for the open pages, and for what must be answered beside them."""

PAUSE = 0.4
"""Seconds between two looks."""
HEARTBEAT = 4.0
"""Seconds after which a silent stream writes: only so is it noticed that its visitor has left."""
LIFETIME = 300.0
"""Seconds after which a stream ends; the browser opens the next one by itself."""
RETRY = 1000
"""Milliseconds that a browser waits before it opens the next one."""

_ENDS = {signal.SIGTERM, signal.SIGINT}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def create_streams_app(
    *,
    tickets_url: str,
    orders_url: str,
    limit: int = LIMIT,
    ending: threading.Event | None = None,
    transport: httpx.BaseTransport | None = None,
    edge: WebSettings | None = None,
) -> Flask:
    """The streams `/live/tickets/<id>` and `/live/orders/<id>`.

    They end soon after `ending` is set; without one, after the process is told to end, and then
    the call must be made in the main thread.
    """
    looks, seats = Looks(transport), threading.Semaphore(limit)
    stream = partial(_stream, seats, _terminated() if ending is None else ending)
    live = Blueprint("live", __name__, url_prefix="/live")

    @live.get("/tickets/<id>")
    def ticket(id: str) -> Response:
        return stream(looks.at(f"{tickets_url}/api/tickets/{_known(id)}"))

    @live.get("/orders/<id>")
    def order(id: str) -> Response:
        return stream(looks.at(f"{orders_url}/api/orders/{_known(id)}", _session()))

    app = application("client", {}, edge or WebSettings())
    app.register_blueprint(live)
    return app


def _known(id: str) -> str:
    return id if ID.fullmatch(id) else abort(404)


def _session() -> str | None:
    token = request.cookies.get("session", "")
    return token if TOKEN.fullmatch(token) else None


def _stream(seats: threading.Semaphore, ending: threading.Event, look: Look) -> Response:
    if not seats.acquire(blocking=False):
        return Response("Too many open pages\n", 503, _HEADERS, mimetype="text/plain")
    response = Response(_events(look, ending), headers=_HEADERS, mimetype="text/event-stream")
    response.call_on_close(seats.release)
    return response


def _events(look: Look, ending: threading.Event) -> Iterator[str]:
    yield f"retry: {RETRY}\n\n"
    said: Seen = None
    spoke = began = time.monotonic()
    while not ending.is_set() and (now := time.monotonic()) < began + LIFETIME:
        seen = look.now()
        if seen == GONE:
            yield "event: gone\ndata: {}\n\n"
            return
        if seen != said:
            yield f'data: {{"version": {seen}}}\n\n'
            said, spoke = seen, now
        elif now >= spoke + HEARTBEAT:
            yield ":\n\n"
            spoke = now
        time.sleep(PAUSE)


def _terminated() -> threading.Event:
    """Set at SIGTERM or SIGINT, whoever handles them: the server puts its own handlers in place
    after ours.
    """
    terminated = threading.Event()
    woken, waker = socket.socketpair()
    waker.setblocking(False)
    # As long as the process lives: Python writes the number of every signal to it.
    signal.set_wakeup_fd(waker.detach(), warn_on_full_buffer=False)

    def wait() -> None:
        while not _ENDS.intersection(woken.recv(64)):
            pass
        terminated.set()

    threading.Thread(target=wait, daemon=True).start()
    return terminated
