"""How to run our own services."""

import os
import sys
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.local import probes
from ticketing.local.data_directory import DataDirectory
from ticketing.local.infra import inherited
from ticketing.local.infra import python_path
from ticketing.local.ports import Ports
from ticketing.local.process import Part
from ticketing.local.process import Stage

# What leads to the real Stripe, through a proxy if need be.
STRIPE = ("STRIPE_KEY", "STRIPE_API_BASE")
INTERNET = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Service:
    """One process per role; the web stands behind the gateway at `path`."""

    name: str
    roles: tuple[str, ...]
    path: str | None
    environment: Mapping[str, str]

    def parts(self, ports: Ports) -> list[Part]:
        return [self._part(role, ports.take()) for role in self.roles]

    def _part(self, role: str, port: int) -> Part:
        name = f"{self.name}-{role}"
        return python_part(
            name,
            f"ticketing.{self.name}.main",
            role,
            port=port,
            environment={**self.environment, "NATS_CLIENT_ID": name},
            stage=Stage.WEB if role == "web" else Stage.WORKER,
        )


def routes(services: Sequence[Service], processes: Sequence[Part]) -> dict[str, int]:
    """Path at the gateway -> port of the web process behind it."""
    port = {process.name: process.port for process in processes}
    return {service.path: port[f"{service.name}-web"] for service in services if service.path}


def python_part(
    name: str,
    module: str,
    *arguments: str,
    port: int,
    environment: Mapping[str, str],
    stage: Stage = Stage.INFRASTRUCTURE,
) -> Part:
    own = {"HOST": "127.0.0.1", "PORT": str(port), "PYTHONPATH": python_path()}
    return Part(
        name=name,
        command=(sys.executable, "-m", module, *arguments),
        environment={**inherited(), **environment, **own, "PYTHONUNBUFFERED": "1"},
        port=port,
        is_ready=probes.http(port, "/readyz"),
        stage=stage,
    )


def stripe(data: DataDirectory, ports: Ports) -> tuple[list[Part], dict[str, str]]:
    """The stand-in and how to reach it; with STRIPE_KEY set, no part and the real Stripe."""
    if os.environ.get("STRIPE_KEY"):
        names = STRIPE + INTERNET
        return [], {name: os.environ[name] for name in names if name in os.environ}
    port = ports.take()
    files = {"STRIPE_FAKE_DATA": str(data.directory("stripe"))}
    part = python_part("stripe", "ticketing.stripe_fake.main", port=port, environment=files)
    return [part], {"STRIPE_KEY": "sk_test_local", "STRIPE_API_BASE": f"http://127.0.0.1:{port}"}
