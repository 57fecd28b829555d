"""A stand-in for auth, as far as it publishes keys."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from jwt import PyJWK

from ticketing.common.identity.token_keys import LocalKeys, read_pem
from ticketing.common.tests.pems import private_pem


def new_pair() -> PyJWK:
    [pair] = read_pem(private_pem())
    return pair


class Auth:
    """Publishes keys, or whatever else it is told to."""

    def __init__(self) -> None:
        self.asked, self.status, self.body = 0, 200, b"{}"
        auth = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802  # so it is called
                auth.asked += 1
                self.send_response(auth.status)
                self.send_header("Content-Length", str(len(auth.body)))
                self.end_headers()
                self.wfile.write(auth.body)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/users/keys"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def publish(self, *keys: PyJWK) -> None:
        self.status, self.body = 200, json.dumps({"keys": LocalKeys(*keys).public()}).encode()
