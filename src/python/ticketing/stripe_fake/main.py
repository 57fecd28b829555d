"""The process: answers on HOST:PORT, keeps its data in the directory STRIPE_FAKE_DATA."""

import os
import signal
import threading
from pathlib import Path

from werkzeug.serving import ThreadedWSGIServer
from werkzeug.serving import WSGIRequestHandler

from ticketing.common import logs
from ticketing.common import settings
from ticketing.common.settings import Settings
from ticketing.stripe_fake.app import create_app
from ticketing.stripe_fake.store import Store


class StandInSettings(Settings, frozen=True, kw_only=True, rename="upper"):
    stripe_fake_data: str


class OneRequest(WSGIRequestHandler):
    """A connection ends with its request: so a stop waits for requests, not for idle clients."""

    protocol_version = "HTTP/1.0"
    timeout = 10


class Server(ThreadedWSGIServer):
    daemon_threads = False
    request_queue_size = 128


def main() -> None:
    given = settings.read(StandInSettings, os.environ)
    logs.configure("stripe", given.log_level)
    store = Store(Path(given.stripe_fake_data))
    server = Server(given.host, given.port, create_app(store), OneRequest)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    store.close()


if __name__ == "__main__":
    main()
