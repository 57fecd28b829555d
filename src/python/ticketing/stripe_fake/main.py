"""The process: answers on HOST:PORT, keeps its data in the directory STRIPE_FAKE_DATA."""

import os
import signal
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from ticketing.common.core import logs, settings
from ticketing.common.core.settings import Settings
from ticketing.stripe_fake.app import create_app
from ticketing.stripe_fake.exchange import works_of
from ticketing.stripe_fake.store import Store
from ticketing.stripe_fake.webhooks import Sender


class StandInSettings(Settings, frozen=True, kw_only=True, rename="upper"):
    """Events are sent to `stripe_fake_webhook_url`, if set, signed with `stripe_webhook_secret`."""

    stripe_fake_data: str
    stripe_fake_webhook_url: str = ""
    stripe_webhook_secret: str = ""


class OneRequest(WSGIRequestHandler):
    """A connection ends with its request: so a stop waits for requests, not for idle clients."""

    protocol_version = "HTTP/1.0"
    timeout = 10
    server: "Server"

    def handle(self) -> None:
        """Nothing to answer on a connection that a browser opened ahead and did not use."""
        try:
            begun = self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            begun = b""
        self.server.unused.discard(self.connection)
        if begun:
            super().handle()


class Server(ThreadedWSGIServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, app: Flask, handler: type[OneRequest]) -> None:
        self.unused: set[socket.socket] = set()
        super().__init__(host, port, app, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.unused.add(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        for connection in tuple(self.unused):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


def main() -> None:
    given = settings.read(StandInSettings, os.environ)
    logs.configure("stripe", given.log_level)
    sends = bool(given.stripe_fake_webhook_url and given.stripe_webhook_secret)
    store = Store(Path(given.stripe_fake_data), has_endpoint=sends)
    app = create_app(store)
    server = Server(given.host, given.port, app, OneRequest)
    sender = Sender(
        store, given.stripe_fake_webhook_url, given.stripe_webhook_secret, clock=time.time
    )
    closing = works_of(app).switchboard.closing
    signal.signal(signal.SIGTERM, lambda *_: _end(server, closing))
    if sends:
        sender.start()
    server.serve_forever()
    sender.stop()
    store.close()


def _end(server: Server, closing: threading.Event) -> None:
    closing.set()
    threading.Thread(target=server.shutdown).start()


if __name__ == "__main__":
    main()
