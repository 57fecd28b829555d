"""The files that are rendered from the declarations, for Kubernetes and Pants."""

import json
from collections.abc import Iterator

from ticketing.registry.access import REDIS, nats_users, redis_users
from ticketing.registry.declarations import services
from ticketing.registry.environment import nats_passwords, redis_passwords, secrets
from ticketing.registry.network import arrows, gateway, streams
from ticketing.registry.production import (
    autoscalers,
    budgets,
    checks,
    component,
    hosts,
    scaled_workers,
    signs,
)
from ticketing.registry.rendered import NOTE, Json, as_yaml
from ticketing.registry.workloads import NAME, workloads

FOLDER = "src/k8s/services"
PRELUDE = "src/services.prelude"

_RESOURCE = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
_COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}


def files() -> dict[str, str]:
    """Every rendered file by its path."""
    return {PRELUDE: _prelude(), **{f"{FOLDER}/{name}": text for name, text in _manifests()}}


def _manifests() -> Iterator[tuple[str, str]]:
    for name, service in services().items():
        yield f"{name}.yaml", as_yaml(*workloads(service))
        if service.store:
            yield f"{name}-mongo/kustomization.yaml", as_yaml(_RESOURCE | _replica_set(name))
    yield "network.yaml", as_yaml(*arrows())
    yield "gateway.yaml", as_yaml(gateway())
    yield "streams.yaml", as_yaml(streams())
    yield "passwords.yaml", as_yaml(*_passwords())
    yield "redis.yaml", as_yaml(_redis_users())
    yield "users.conf", NOTE + nats_users()
    yield "secrets", NOTE + "".join(
        f"{name} {' '.join(keys)}\n" for name, keys in secrets().items()
    )
    yield "kustomization.yaml", as_yaml(_COMPONENT | _component())
    yield "production/kustomization.yaml", as_yaml(_COMPONENT | component())
    yield "production/availability.yaml", as_yaml(*budgets())
    yield "production/scaling.yaml", as_yaml(*autoscalers())
    yield "production/signs.yaml", as_yaml(signs())
    yield "production/checks.yaml", as_yaml(checks())
    yield "keda/kustomization.yaml", as_yaml(_COMPONENT | {"resources": ["scaling.yaml"]})
    yield "keda/scaling.yaml", as_yaml(*scaled_workers())


def _component() -> Json:
    stores = [f"{name}-mongo" for name, each in services().items() if each.store]
    return {
        "resources": [*(f"{name}.yaml" for name in services()), *stores, "network.yaml"],
        "configMapGenerator": [{"name": "nats", "behavior": "merge", "files": ["users.conf"]}],
        "patches": [
            {"path": "passwords.yaml"},
            {"path": "redis.yaml", "target": {"kind": "StatefulSet", "name": "expiration-redis"}},
            {"path": "gateway.yaml", "target": {"kind": "Ingress", "name": "gateway"}},
            {"path": "streams.yaml", "target": {"kind": "Ingress", "name": "streams"}},
        ],
    }


def _replica_set(service: str) -> Json:
    """A service's MongoDB: its name, its hosts and its secrets."""
    return {
        "resources": ["../../base/infra/mongo"],
        "namePrefix": f"{service}-",
        "labels": [{"pairs": {NAME: service}, "includeSelectors": True}],
        "configMapGenerator": [
            {
                "name": "mongo",
                "literals": [f"MONGO_DATABASE={service}", f"MONGO_HOSTS={hosts(service, 1)}"],
            }
        ],
        "patches": [
            {"target": {"kind": "StatefulSet|Job"}, "patch": _secret_of(service, 0)},
            {"target": {"kind": "Job"}, "patch": _secret_of(service, 1)},
        ],
    }


def _secret_of(service: str, variable: int) -> str:
    path = f"/spec/template/spec/containers/0/env/{variable}/valueFrom/secretKeyRef/name"
    return f"- {{op: replace, path: {path}, value: {service}-secret}}\n"


def _passwords() -> Iterator[Json]:
    """The patches with the users' passwords for the broker and Redis."""
    for server, container, env in (
        ("nats", "nats", nats_passwords()),
        ("expiration-redis", "redis", redis_passwords()),
    ):
        containers = [{"name": container, "env": env}]
        yield {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": server},
            "spec": {"template": {"spec": {"containers": containers}}},
        }


def _redis_users() -> list[Json]:
    """The patch with the users of Redis and their rights, as arguments."""
    words = redis_users({user: f">$(REDIS_{user.upper()})" for user in REDIS})
    path = "/spec/template/spec/containers/0/args/-"
    return [{"op": "add", "path": path, "value": word} for word in words]


def _prelude() -> str:
    """SERVICES for BUILD files, which cannot read TOML: Pants wants hashable values."""
    pairs = (
        json.dumps([name, each.summary], ensure_ascii=False) for name, each in services().items()
    )
    lines = "".join(f"    ({pair[1:-1]}),\n" for pair in pairs)
    return f"{NOTE}SERVICES = (\n{lines})\n"
