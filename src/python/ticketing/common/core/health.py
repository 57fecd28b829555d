"""Signals of life: `/healthz` says that the process is alive, `/readyz` that it can do its work."""

import threading
import time
from collections.abc import Callable, Mapping

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from ticketing.common.core.logs import logger

log = logger(__name__)

Check = Callable[[], object]
"""Raises when what it checks is not in reach."""


def missing(checks: Mapping[str, Check]) -> list[str]:
    """The names of the checks that fail now."""
    return [name for name, check in checks.items() if not _passes(check)]


def wait_for(checks: Mapping[str, Check], pause: float = 0.5) -> None:
    """Return once every check passes; log what is waited for, each time that it changes."""
    said: list[str] = []
    while absent := missing(checks):
        if absent != said:
            log.warning("waiting for dependencies", missing=absent)
            said = absent
        time.sleep(pause)
    log.info("dependencies are there", checked=list(checks))


def blueprint(alive: Mapping[str, Check], ready: Mapping[str, Check]) -> Blueprint:
    """The two routes: 200 `{"ready": true, "missing": []}`, or 503 with the missing names."""
    health = Blueprint("health", __name__)

    def report(checks: Mapping[str, Check]) -> ResponseReturnValue:
        absent = missing(checks)
        return {"ready": not absent, "missing": absent}, 503 if absent else 200

    health.add_url_rule("/healthz", "healthz", lambda: report(alive))
    health.add_url_rule("/readyz", "readyz", lambda: report(ready))
    return health


def serve(
    host: str, port: int, *, alive: Mapping[str, Check], ready: Mapping[str, Check]
) -> Callable[[], None]:
    """Answer the two routes from a thread of this process; returns the function that stops it."""
    app = Flask("health")
    app.register_blueprint(blueprint(alive, ready))
    server = make_server(host, port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop


def _passes(check: Check) -> bool:
    try:
        check()
    except Exception:
        return False
    return True
