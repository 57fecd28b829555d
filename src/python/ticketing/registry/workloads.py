"""The Deployment and the Service of each role, with the labels by which policies know it."""

from collections.abc import Iterator

from ticketing.registry.declarations import Declaration
from ticketing.registry.environment import PORT, host, sources, variables
from ticketing.registry.rendered import Json

NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"
CPU = ("50m", "1")
"""What each asks for, and what it may have."""


def workloads(service: Declaration) -> Iterator[Json]:
    """The objects that run a service, each role's Deployment before its Service."""
    for command, role in service.roles.items():
        yield _deployment(service, command)
        if role.path:
            yield _service(service, command)


def identity(service: Declaration, command: str) -> dict[str, str]:
    """The labels that only this role's pods have."""
    return {NAME: service.name, COMPONENT: command}


def _labels(service: Declaration, command: str) -> dict[str, str]:
    """The labels by which policies and patches select this role's pods."""
    role = service.roles[command]
    values = {
        "gateway": "true" if role.path else "",
        "tokens": service.tokens if service.has_key(command) else "",
        "store": "true" if service.has_store(command) else "",
        "broker": "true" if role.broker else "",
        "redis": role.redis,
        "internet": "true" if service.internet else "",
        **{f"calls-{called}": "true" for called in service.calls},
    }
    return {f"ticketing/{name}": value for name, value in values.items() if value}


def _deployment(service: Declaration, command: str) -> Json:
    role, own = service.roles[command], identity(service, command)
    labels = own | _labels(service, command)
    alone: Json = {"replicas": 1, "strategy": {"type": "Recreate"}} if role.single else {}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"{service.name}-{command}", "labels": labels},
        "spec": {
            **alone,
            "selector": {"matchLabels": own},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [_container(service, command)]},
            },
        },
    }


def _container(service: Declaration, command: str) -> Json:
    """The container, without what components/pods adds to all: probes, ports, security."""
    lists = {
        "envFrom": [{"configMapRef": {"name": name}} for name in sources(service, command)],
        "env": list(variables(service, command)),
    }
    bounds = zip(("requests", "limits"), CPU, service.roles[command].memory, strict=True)
    return {
        "name": command,
        "image": f"ticketing/{service.name}",
        "args": [command],
        **{name: entries for name, entries in lists.items() if entries},
        "resources": {bound: {"cpu": cpu, "memory": memory} for bound, cpu, memory in bounds},
    }


def _service(service: Declaration, command: str) -> Json:
    own = identity(service, command)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": host(service.name, command), "labels": own},
        "spec": {
            "selector": own,
            "ports": [{"name": "http", "port": PORT, "targetPort": "http"}],
        },
    }
