"""A webhook endpoint that keeps what it was sent, and answers as a test wants."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_stand_in"


@dataclass(frozen=True)
class Letter:
    body: bytes
    signature: str

    @property
    def event(self) -> Any:
        return json.loads(self.body)


@dataclass
class Endpoint:
    """`statuses` are its next answers, 200 when there are none left."""

    port: int
    statuses: list[int] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def types(self) -> list[str]:
        return [letter.event["type"] for letter in self.letters]

    def wait_for(self, count: int) -> list[Letter]:
        wait_until(lambda: len(self.letters) >= count)
        return self.letters


class _Server(ThreadingHTTPServer):
    endpoint: Endpoint


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:  # noqa: N802  # the standard library wants this name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        endpoint = self.server.endpoint
        status = endpoint.statuses.pop(0) if endpoint.statuses else 200
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        endpoint.letters.append(Letter(body, self.headers["Stripe-Signature"]))

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def receiving(port: int = 0) -> Iterator[Endpoint]:
    """The endpoint on a free port, or this one, until the end of the block."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.endpoint = Endpoint(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.02)
