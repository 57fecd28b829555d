"""The gateway alone, before upstreams that tell what they were sent."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from ticketing.common.core.errors import Failure, NotFound
from ticketing.common.testing.input import entries_of
from ticketing.common.testing.servers import eventually, free_port
from ticketing.common.web.errors import BodyTooLong, InternalError
from ticketing.common.web.protection import HEADERS
from ticketing.local import caddyfile
from ticketing.local.infra import program
from ticketing.local.tests.running import get

SLOW = 8 * 10
"""Seconds for what takes ten on a quick machine."""


SEEN: list[tuple[str, list[tuple[str, str]]]] = []
OWN = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "max-age=60"}


class Upstream(BaseHTTPRequestHandler):
    """Answers with nothing but its name, and keeps what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # noqa: N802  # the standard library wants these names
        SEEN.append((self.path, self.headers.items()))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        for name, value in OWN.items() if self.path == "/own" else []:
            self.send_header(name, value)
        body = str(self.connection.getsockname()[1]).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@dataclass
class Gateway:
    port: int
    service: int
    pages: int

    def get(self, path: str, **options: object) -> requests.Response:
        return get(f"http://127.0.0.1:{self.port}{path}", **options)

    def sent(self, path: str) -> dict[str, str]:
        """The headers with which a request came through, by their names in lower case."""
        (headers,) = [headers for seen, headers in SEEN if seen == path]
        return {name.lower(): value for name, value in headers}

    def open(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=SLOW)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Upstream) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    found = Gateway(free_port(), *(int(server.server_address[1]) for server in servers))
    routes = {"/api/things": found.service, "/api/dead": free_port(), "/": found.pages}
    config = tmp_path_factory.mktemp("gateway") / "Caddyfile"
    config.write_text(caddyfile.text(port=found.port, own_port=free_port(), routes=routes))
    process = _caddy(config)
    try:
        eventually(lambda: found.get("/ready").ok)
        yield found
    finally:
        process.kill()
        process.wait()
        for server in servers:
            server.shutdown()
            server.server_close()


def _caddy(config: Path) -> subprocess.Popen[bytes]:
    homes = {name: str(config.parent) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    command = [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)]
    return subprocess.Popen(command, env=homes, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/nothing", 404), ("/api/dead", 502), ("/api/things", 200), ("/page", 200)],
)
def test_every_answer_has_the_headers_whoever_gives_it(
    gateway: Gateway, path: str, status: int
) -> None:
    answer = gateway.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "Caddy" not in str(answer.headers.get("Server"))


@pytest.mark.parametrize(
    ("path", "failure"), [("/api/nothing", NotFound()), ("/api/dead", InternalError())]
)
def test_what_the_gateway_says_itself_is_as_a_service_says_it(
    gateway: Gateway, path: str, failure: Failure
) -> None:
    assert gateway.get(path).json() == {"errors": entries_of(failure)}


def test_a_body_that_is_too_long_is_refused_with_the_headers(gateway: Gateway) -> None:
    answer = gateway.get("/api/things/long", data=b"x" * 65537)
    assert (answer.status_code, answer.headers["X-Frame-Options"]) == (413, "DENY")
    assert answer.json() == {"errors": entries_of(BodyTooLong())}


def test_what_a_service_says_itself_stands(gateway: Gateway) -> None:
    answer = gateway.get("/own")
    assert {name: answer.headers.get(name) for name in OWN} == OWN
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/swagger-ui.css", "/api/openapi.json"])
def test_the_documents_are_pages(gateway: Gateway, path: str) -> None:
    assert gateway.get(path).text == str(gateway.pages)


def test_a_service_hears_of_the_visitor_from_the_gateway_alone(gateway: Gateway) -> None:
    lies = {"X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "https"}
    lies |= {name.replace("-", "_"): value for name, value in lies.items()}
    gateway.get("/api/things/lies", headers={**lies, "X_Other": "a", "X-Request-ID": "a_b"})
    sent = gateway.sent("/api/things/lies")
    assert sent["x-forwarded-for"] == "127.0.0.1"
    assert sent["x-forwarded-proto"] == "http"
    assert sent["x-request-id"] == "a_b"
    assert not [name for name in sent if "_" in name]


@pytest.mark.parametrize(("length", "status"), [(15_000, b"200"), (25_000, b"431")])
def test_headers_are_limited_in_length(gateway: Gateway, length: int, status: bytes) -> None:
    with gateway.open() as connection:
        connection.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"a" * length))
        assert connection.recv(100).split()[1] == status


def test_headers_that_do_not_arrive_are_not_waited_for(gateway: Gateway) -> None:
    began = time.monotonic()
    with gateway.open() as connection:
        connection.sendall(b"GET /api/things/slow HTTP/1.1\r\nHost: a\r\n")
        assert connection.recv(1000) in (b"", b"HTTP/1.1 408 Request Timeout\r\n")
    assert time.monotonic() - began >= 9


def test_no_service_waits_for_a_slow_body(gateway: Gateway) -> None:
    head = b"POST /api/things/drips HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"
    with gateway.open() as connection:
        connection.sendall(head + b"{")
        time.sleep(1)
        assert not [path for path, _ in SEEN if path == "/api/things/drips"]
        connection.sendall(b"}  ")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    assert gateway.sent("/api/things/drips")["content-length"] == "4"
