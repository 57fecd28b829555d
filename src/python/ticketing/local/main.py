"""The whole platform on one machine: `./pants run src/python/ticketing/local -- --help`."""

import asyncio
from pathlib import Path

import click
import requests

from ticketing.local import demo
from ticketing.local import infra
from ticketing.local import operator
from ticketing.local import services
from ticketing.local import welcome
from ticketing.local.data_directory import DataDirectory
from ticketing.local.data_directory import DataDirectoryError
from ticketing.local.ports import Ports
from ticketing.local.ports import refuse_taken
from ticketing.local.process import Part
from ticketing.local.services import Service
from ticketing.local.supervisor import Supervisor
from ticketing.local.terminal import say

PATH = click.Path(path_type=Path)
SECONDS = click.IntRange(1, 24 * 60 * 60)


def platform(
    data: DataDirectory, port: int, hold_seconds: int, workers: int = 1
) -> tuple[list[Part], int]:
    """Every process there is, and the port of the runner's own status server."""
    url, ports = f"http://127.0.0.1:{port}", Ports()
    nats = infra.nats(data, ports)
    redis = infra.redis(data, ports)
    mongo = infra.mongo(data, ports)
    stripe = services.stripe(data, ports, url)

    def store(name: str) -> dict[str, str]:
        return {"MONGO_URI": infra.mongo_uri(mongo, name)}

    users = {"JWT_KEY": data.secret("jwt.key")}
    bus = {"NATS_URL": f"nats://127.0.0.1:{nats.port}", "NATS_CLUSTER_ID": "ticketing"}
    hold = {"ORDER_EXPIRATION_SECONDS": str(hold_seconds)}
    timers = {"REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}

    our_services = [
        Service("auth", {"web": "/api/users"}, users | store("auth")),
        Service("tickets", _both("/api/tickets"), users | bus | store("tickets")),
        Service("orders", _both("/api/orders"), users | bus | hold | store("orders")),
        Service(
            "payments", _both("/api/payments"), users | bus | store("payments") | stripe.access
        ),
        Service("expiration", dict.fromkeys(("worker", "rq", "scheduler")), bus | timers),
    ]
    status_port = ports.take()
    processes = [part for service in our_services for part in service.parts(ports, workers)]
    upstreams = services.addresses(processes, "auth", "tickets", "orders")
    client = Service("client", {"web": "/", "streams": "/live"}, upstreams | stripe.cards)
    processes += client.parts(ports)
    our_services.append(client)
    routes = {"/healthz": status_port} | services.routes(our_services, processes)
    gateway = infra.gateway(data, ports, port, routes)
    stores = {f"{name.upper()}_MONGO_URI": infra.mongo_uri(mongo, name) for name in operator.STORES}
    operator.write(data, bus | timers | stores | stripe.public)
    return [nats, redis, mongo, *stripe.parts, gateway, *processes], status_port


def _both(path: str) -> dict[str, str | None]:
    return {"web": path, "worker": None}


@click.command(context_settings={"show_default": True})
@click.option("--port", type=click.IntRange(1, 65535), default=8080, help="Of the gateway.")
@click.option("--data-dir", type=PATH, default=".ticketing", help="Keeps everything there is.")
@click.option("--hold-seconds", type=SECONDS, default=60, help="Time to pay for an order.")
@click.option("--workers", type=click.IntRange(1, 5), default=1, help="Worker processes a service.")
@click.option("--fresh", is_flag=True, help="Start from empty data.")
@click.option("--demo", "with_demo", is_flag=True, help="With listings, sales and accounts to try.")
def main(
    port: int, data_dir: Path, hold_seconds: int, workers: int, fresh: bool, with_demo: bool
) -> None:
    """Run the whole ticketing platform on this machine until Ctrl-C."""
    data = _take(port, data_dir)
    try:
        if fresh:
            data.empty()
        _run(data, port, hold_seconds, workers, with_demo)
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


def _run(data: DataDirectory, port: int, hold_seconds: int, workers: int, with_demo: bool) -> None:
    url = f"http://127.0.0.1:{port}"

    def greet() -> None:
        say(welcome.text(url))
        if with_demo:
            try:
                say(demo.seed(url))
            except requests.RequestException as error:
                say(f"The demo data could not be made: {error}")

    parts, status_port = platform(data, port, hold_seconds, workers)
    asyncio.run(Supervisor(parts, data, status_port).run(greet))


if __name__ == "__main__":
    main()
