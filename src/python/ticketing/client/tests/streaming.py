"""Starts the streams as a real process, beside tickets that never change; for tests."""

import json
import sys
from functools import partial

from flask import Flask

from ticketing.client.streams import create_streams_app
from ticketing.common.core import logs
from ticketing.common.runtime.server import serve


def tickets() -> Flask:
    app = Flask("tickets")
    app.add_url_rule("/api/tickets/<id>", view_func=lambda id: json.dumps({"version": 3}))
    return app


def streams(tickets_url: str, limit: int) -> Flask:
    logs.configure("client")
    return create_streams_app(tickets_url=tickets_url, orders_url=tickets_url, limit=limit)


if __name__ == "__main__":
    port, tickets_port, limit = map(int, sys.argv[1:])
    if limit:
        load = partial(streams, f"http://127.0.0.1:{tickets_port}", limit)
        serve(load, "127.0.0.1", port, threads=limit + 4)
    else:
        serve(tickets, "127.0.0.1", tickets_port)
