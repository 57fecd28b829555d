"""How to run our own services: a process for each role that one declares."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ticketing.local import probes
from ticketing.local.environment import Environment
from ticketing.local.infra import inherited, python_path
from ticketing.local.ports import Ports
from ticketing.local.process import Part, Stage
from ticketing.registry import programs
from ticketing.registry.declarations import Declaration, services

# Streams end with the gateway: it waits for those that are open, and new ones would wait for it.
STAGES = {"worker": Stage.WORKER, "web": Stage.WEB, "streams": Stage.GATEWAY}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one process of a role listens."""

    service: Declaration
    role: str
    name: str
    port: int

    @property
    def path(self) -> str:
        """Where the gateway finds it; empty where it does not."""
        return self.service.roles[self.role].path

    @property
    def url(self) -> str:
        """Where it is found on this machine."""
        return f"http://127.0.0.1:{self.port}"


def places(ports: Ports, workers: int) -> Iterator[Place]:
    """One of each role, but so many of each that is called `worker`."""
    for service in services().values():
        for role in service.roles:
            for number in range(1, 1 + (workers if role == "worker" else 1)):
                name = f"{service.name}-{role}" + (f"-{number}" if number > 1 else "")
                yield Place(service=service, role=role, name=name, port=ports.take())


def urls(all_places: Sequence[Place]) -> dict[str, str]:
    """Where the web process of each service is, without the gateway."""
    return {place.service.name: place.url for place in all_places if place.role == "web"}


def routes(all_places: Sequence[Place]) -> dict[str, int]:
    """Path at the gateway -> port of the process behind it."""
    return {place.path: place.port for place in all_places if place.path}


def part(place: Place, environment: Environment) -> Part:
    """How to run what is to listen there."""
    return python_part(
        place.name,
        programs.module(place.service.name),
        place.role,
        port=place.port,
        environment={**environment.of(place.service, place.role), "NATS_CLIENT_ID": place.name},
        stage=STAGES.get(place.role, Stage.WORKER),
    )


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
