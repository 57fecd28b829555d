"""The browser client: the pages, and the streams that keep them up to date."""

import os
from functools import partial

import click
from flask import Flask

from ticketing.client.app import create_app
from ticketing.client.settings import ClientSettings
from ticketing.client.streams import THREADS, create_streams_app
from ticketing.common.core import logs
from ticketing.common.core.settings import read
from ticketing.common.runtime.server import serve

cli = click.Group()


@cli.command()
def web() -> None:
    """Answer with pages on HOST:PORT."""
    settings = read(ClientSettings, os.environ)
    serve(partial(_pages, settings), settings.host, settings.port)


@cli.command("streams")
def stream() -> None:
    """Tell open pages of changes, on HOST:PORT."""
    settings = read(ClientSettings, os.environ)
    serve(partial(_streams, settings), settings.host, settings.port, THREADS)


def _pages(settings: ClientSettings) -> Flask:
    logs.configure("client", settings.log_level)
    return create_app(settings)


def _streams(settings: ClientSettings) -> Flask:
    logs.configure("client", settings.log_level)
    return create_streams_app(
        tickets_url=settings.tickets_url, orders_url=settings.orders_url, edge=settings
    )


if __name__ == "__main__":
    cli()
