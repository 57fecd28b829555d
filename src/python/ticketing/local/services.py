"""How to run our own services."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ticketing.local import probes
from ticketing.local.data_directory import DataDirectory
from ticketing.local.infra import inherited, python_path
from ticketing.local.ports import Ports
from ticketing.local.process import Part, Stage

# What the payments service and the browser need of the real Stripe.
STRIPE = ("STRIPE_KEY", "STRIPE_API_BASE", "STRIPE_WEBHOOK_SECRET")
CARDS = ("STRIPE_PUBLISHABLE_KEY", "STRIPE_JS_URL")
# What leads there, through a proxy if need be.
INTERNET = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")


# Streams end with the gateway: it waits for those that are open, and new ones would wait for it.
STAGES = {"worker": Stage.WORKER, "web": Stage.WEB, "streams": Stage.GATEWAY}


@dataclass(frozen=True)
class Service:
    """One process per role, with its path at the gateway, or None when it is not reached so.

    `own` is what only the processes of a role are told.
    """

    name: str
    roles: Mapping[str, str | None]
    environment: Mapping[str, str]
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def parts(self, ports: Ports, workers: int = 1) -> list[Part]:
        """`workers` is how many processes share the role `worker`."""
        return [
            self._part(role, name, ports.take())
            for role in self.roles
            for name in self._names(role, workers if role == "worker" else 1)
        ]

    def _names(self, role: str, count: int) -> list[str]:
        name = f"{self.name}-{role}"
        return [name, *(f"{name}-{number}" for number in range(2, count + 1))]

    def _part(self, role: str, name: str, port: int) -> Part:
        return python_part(
            name,
            f"ticketing.{self.name}.main",
            role,
            port=port,
            environment={**self.environment, **self.own.get(role, {}), "NATS_CLIENT_ID": name},
            stage=STAGES.get(role, Stage.WORKER),
        )


def routes(services: Sequence[Service], processes: Sequence[Part]) -> dict[str, int]:
    """Path at the gateway -> port of the process behind it."""
    port = {process.name: process.port for process in processes}
    return {
        path: port[f"{service.name}-{role}"]
        for service in services
        for role, path in service.roles.items()
        if path is not None
    }


def addresses(processes: Sequence[Part], *names: str) -> dict[str, str]:
    """AUTH_URL and the like: where the web processes of these services are, without the gateway."""
    port = {process.name: process.port for process in processes}
    return {f"{name.upper()}_URL": f"http://127.0.0.1:{port[f'{name}-web']}" for name in names}


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


@dataclass(frozen=True)
class Stripe:
    """Who takes the money: our stand-in's part, or none when it is the real Stripe."""

    parts: list[Part]
    access: dict[str, str]
    """What payments needs."""
    cards: dict[str, str]
    """What a browser may know."""
    public: dict[str, str]
    """What may be written where an operator finds it: nothing of the real Stripe."""


def stripe(data: DataDirectory, ports: Ports, platform_url: str) -> Stripe:
    """The real one when STRIPE_KEY is set; with STRIPE_PUBLISHABLE_KEY its card form too."""
    if os.environ.get("STRIPE_KEY"):
        return Stripe([], _given(STRIPE + INTERNET), _given(CARDS), public={})
    port = ports.take()
    url = f"http://127.0.0.1:{port}"
    webhook = {"STRIPE_WEBHOOK_SECRET": f"whsec_{data.secret('stripe-webhook.key')}"}
    environment = webhook | {
        "STRIPE_FAKE_DATA": str(data.directory("stripe")),
        "STRIPE_FAKE_WEBHOOK_URL": f"{platform_url}/api/payments/webhook",
    }
    public = {"STRIPE_KEY": "sk_test_local", "STRIPE_API_BASE": url}
    return Stripe(
        [python_part("stripe", "ticketing.stripe_fake.main", port=port, environment=environment)],
        access=public | webhook,
        cards={"STRIPE_PUBLISHABLE_KEY": "pk_test_local", "STRIPE_JS_URL": f"{url}/v3/stripe.js"},
        public=public,
    )


def _given(names: Sequence[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}
