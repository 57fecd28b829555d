"""The whole platform on one machine: `./pants run src/python/ticketing/local -- --help`."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import click
import requests

from ticketing.local import demo, infra, operator, services, stand_in, welcome
from ticketing.local.data_directory import DataDirectory, DataDirectoryError
from ticketing.local.environment import Environment
from ticketing.local.ports import Ports, refuse_taken
from ticketing.local.process import Part
from ticketing.local.reach import Reach
from ticketing.local.supervisor import Supervisor
from ticketing.local.terminal import say

PATH = click.Path(path_type=Path)
SECONDS = click.IntRange(1, 24 * 60 * 60)


def platform(
    data: DataDirectory,
    *,
    port: int,
    hold_seconds: int,
    workers: int = 1,
    limits: bool = True,
) -> tuple[list[Part], int]:
    """Every process there is, and the port of the runner's own status server."""
    url, ports = f"http://127.0.0.1:{port}", Ports()
    nats = infra.nats(data, ports)
    redis = infra.redis(data, ports)
    mongo = infra.mongo(data, ports)
    stripe = stand_in.stripe(data, ports, url)

    reach, status_port = Reach(data, nats, redis, mongo), ports.take()
    places = list(services.places(ports, workers))
    environment = Environment(
        reach=reach,
        urls=services.urls(places),
        stand_in=stripe.variables,
        settings={"ORDER_EXPIRATION_SECONDS": str(hold_seconds)},
        limits=limits,
    )
    routes = {"/healthz": status_port} | services.routes(places)
    gateway = infra.gateway(data, ports, port, routes)
    operator.write(data, reach.everything() | reach.outside() | stripe.public)
    processes = [services.part(place, environment) for place in places]
    return [nats, redis, mongo, *stripe.parts, gateway, *processes], status_port


@click.command(context_settings={"show_default": True})
@click.option("--port", type=click.IntRange(1, 65535), default=8080, help="Of the gateway.")
@click.option("--data-dir", type=PATH, default=".ticketing", help="Keeps everything there is.")
@click.option("--hold-seconds", type=SECONDS, default=60, help="Time to pay for an order.")
@click.option("--workers", type=click.IntRange(1, 5), default=1, help="Worker processes a service.")
@click.option("--limits/--no-limits", default=True, help="On how often somebody may ask.")
@click.option("--fresh", is_flag=True, help="Start from empty data.")
@click.option("--demo", "with_demo", is_flag=True, help="With listings, sales and accounts to try.")
def main(port: int, data_dir: Path, fresh: bool, with_demo: bool, **options: Any) -> None:
    """Run the whole ticketing platform on this machine until Ctrl-C."""
    data = _take(port, data_dir)
    try:
        if fresh:
            data.empty()
        parts, status_port = platform(data, port=port, **options)
        asyncio.run(Supervisor(parts, data, status_port).run(partial(_greet, port, with_demo)))
    finally:
        operator.remove(data)
        data.close()


def _take(port: int, data_dir: Path) -> DataDirectory:
    try:
        refuse_taken(port)
        return DataDirectory.open(data_dir)
    except DataDirectoryError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"Cannot listen on port {port}: {error.strerror}") from error


def _greet(port: int, with_demo: bool) -> None:
    url = f"http://127.0.0.1:{port}"
    say(welcome.text(url))
    if with_demo:
        try:
            say(demo.seed(url))
        except requests.RequestException as error:
            say(f"The demo data could not be made: {error}")


if __name__ == "__main__":
    main()
