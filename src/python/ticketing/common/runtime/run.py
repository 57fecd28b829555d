"""The command line of a service's process: `web` and `worker`."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click
from flask import Flask

from ticketing.common.core import health, logs
from ticketing.common.core.settings import read
from ticketing.common.messaging.settings import BrokerSettings
from ticketing.common.runtime.app import create_app
from ticketing.common.runtime.refreshing import keep_current
from ticketing.common.runtime.server import serve
from ticketing.common.runtime.service import Service
from ticketing.common.runtime.worker import work

Build = Callable[[Mapping[str, str]], Service[Any]]


def commands(build: Build, *names: str) -> click.Group:
    """The commands among `web` and `worker` that this service has."""
    known = {"web": _web, "worker": _worker}
    group = click.Group()
    for name in names:
        command = known[name]
        callback = partial(command, build)
        group.add_command(click.Command(name, callback=callback, help=command.__doc__))
    return group


def start(build: Build) -> Service[Any]:
    """Build the service from the environment and log in its name; SIGTERM ends the process."""
    service = build(os.environ)
    logs.configure(service.name, service.settings.log_level)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    return service


def _web(build: Build) -> None:
    """Answer HTTP on HOST:PORT."""
    service = start(build)
    host, port = service.settings.host, service.settings.port
    checks = service.web_checks()
    if health.missing(checks):
        stop_health = health.serve(host, port, alive={}, ready={**checks, "web": _not_up})
        health.wait_for(checks)
        stop_health()
    service.prepare()
    service.close()
    serve(partial(_application, build), host, port)


def _application(build: Build) -> Flask:
    service = build(os.environ)
    logs.configure(service.name, service.settings.log_level)
    app = create_app(service)
    keep_current(service)
    return app


def _not_up() -> None:
    raise RuntimeError("the web server has not been started yet")


def _worker(build: Build) -> None:
    """Publish this service's events and handle the others'; health on HOST:PORT."""
    broker = read(BrokerSettings, os.environ)
    work(start(build), broker)
