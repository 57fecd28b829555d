"""A server that answers the Stripe SDK as a test has written down."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass
class StripeServer:
    """`answers` has a status and a body by method and path under /v1, `kept` by idempotency key;
    `asked` is what was asked, `keys` the keys that were given.
    """

    url: str
    answers: dict[str, tuple[int, Json]] = field(default_factory=dict)
    kept: dict[str, tuple[int, Json]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def answer(self, request: str) -> tuple[int, Json]:
        self.asked.append(request)
        return self.answers[request]


class _Server(ThreadingHTTPServer):
    written: StripeServer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:  # noqa: N802  # the standard library wants these names
        path = self.path.split("?")[0].removeprefix("/v1")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key = self.headers.get("Idempotency-Key", "")
        self.server.written.keys.append(key)
        kept = self.server.written.kept.get(key)
        status, body = kept or self.server.written.answer(f"{self.command} {path}")
        self.send_response(status)
        if kept:
            self.send_header("idempotent-replayed", "true")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def stripe_server() -> Iterator[StripeServer]:
    """The server on a free port, until the end of the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.written = StripeServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.written
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def intent(status: str, **more: Any) -> tuple[int, Json]:
    """The answer that shows the intent `pi_1` in this status."""
    known = {"id": "pi_1", "object": "payment_intent", "client_secret": "pi_1_secret"}
    return 200, {**known, "latest_charge": None, "status": status, **more}


def error(status: int, type: str, message: str, **more: Any) -> tuple[int, Json]:
    """An answer with an error."""
    return status, {"error": {"type": type, "message": message, **more}}
