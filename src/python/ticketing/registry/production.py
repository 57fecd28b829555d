"""What production adds to services: replicas, autoscalers, budgets, images, key pairs."""

from collections.abc import Iterator

from ticketing.registry.declarations import Declaration, Role, services
from ticketing.registry.environment import PORT, host
from ticketing.registry.network import signer
from ticketing.registry.rendered import Json
from ticketing.registry.workloads import identity

MEMBERS = 3
"""Number of members of each service's replica set."""
WORKER = "worker"
"""The role that consumes events."""
_JWT = "/spec/template/spec/containers/0/env"


def budgets() -> Iterator[Json]:
    """A PodDisruptionBudget for each role but single ones, which could never be evicted."""
    for service, command, role in _roles():
        if not role.single:
            yield {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": {"name": f"{service.name}-{command}"},
                "spec": {
                    "maxUnavailable": 1,
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                    "selector": {"matchLabels": identity(service, command)},
                },
            }


def autoscalers() -> Iterator[Json]:
    """A HorizontalPodAutoscaler for each role that answers HTTP."""
    for service, command, role in _roles():
        if role.path:
            name, cpu = f"{service.name}-{command}", role.cpu
            target = {"type": "AverageValue", "averageValue": cpu}
            yield {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": name},
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                    "minReplicas": role.pods[0],
                    "maxReplicas": role.pods[1],
                    "metrics": [
                        {"type": "Resource", "resource": {"name": "cpu", "target": target}}
                    ],
                },
            }


def scaled_workers() -> Iterator[Json]:
    """A ScaledObject of KEDA for each worker: the more messages wait, the more pods."""
    for service, command, role in _roles():
        if command == WORKER and role.broker:
            yield {
                "apiVersion": "keda.sh/v1alpha1",
                "kind": "ScaledObject",
                "metadata": {"name": f"{service.name}-{command}"},
                "spec": {
                    "scaleTargetRef": {"name": f"{service.name}-{command}"},
                    "minReplicaCount": role.pods[0],
                    "maxReplicaCount": role.pods[1],
                    "triggers": [{"type": "nats-jetstream", "metadata": _consumer(service.name)}],
                },
            }


def _consumer(name: str) -> Json:
    return {
        "natsServerMonitoringEndpoint": "nats-srv.ticketing.svc.cluster.local:8222",
        "account": "$G",
        "stream": "TICKETING",
        "consumer": name,
        "lagThreshold": "50",
    }


def component() -> Json:
    """The kustomization: fixed numbers of pods, replica sets, images that have no digest yet."""
    return {
        "resources": ["availability.yaml", "scaling.yaml"],
        "replicas": [
            {"name": f"{service.name}-{command}", "count": role.pods[0]}
            for service, command, role in _roles()
            if not role.path and not role.single
        ],
        "configMapGenerator": [_members(name) for name, each in services().items() if each.store],
        "images": [
            {
                "name": f"ticketing/{name}",
                "newName": f"registry.invalid/ticketing/{name}",
                "digest": f"sha256:{'0' * 64}",
            }
            for name in services()
        ],
        "patches": [
            {
                "path": f"{how}.yaml",
                "target": {"kind": "Deployment", "labelSelector": f"ticketing/tokens={how}"},
            }
            for how in ("signs", "checks")
        ],
    }


def signs() -> list[Json]:
    """The patch for the service that signs tokens: a private key in place of the shared one."""
    reference = {"name": "jwt-secret", "key": "JWT_PRIVATE_KEY"}
    return [*_replaced({"name": "JWT_PRIVATE_KEY", "valueFrom": {"secretKeyRef": reference}})]


def checks() -> list[Json]:
    """The patch for services that check tokens: they fetch public keys."""
    path = services()[signer()].roles["web"].path
    url = f"http://{host(signer())}:{PORT}{path}/keys"
    return [
        *_replaced({"name": "JWT_KEYS_URL", "value": url}),
        {"op": "test", "path": f"{_JWT}/1/name", "value": "JWT_OTHER_KEYS"},
        {"op": "remove", "path": f"{_JWT}/1"},
    ]


def _replaced(variable: Json) -> Iterator[Json]:
    """Operations that put a variable in the place of JWT_KEY."""
    yield {"op": "test", "path": f"{_JWT}/0/name", "value": "JWT_KEY"}
    yield {"op": "replace", "path": f"{_JWT}/0", "value": variable}


def hosts(service: str, members: int) -> str:
    """The addresses of a service's replica set."""
    return ",".join(f"{service}-mongo-{n}.{service}-mongo-srv:27017" for n in range(members))


def _members(service: str) -> Json:
    literals = [f"MONGO_HOSTS={hosts(service, MEMBERS)}"]
    return {"name": f"{service}-mongo", "behavior": "merge", "literals": literals}


def _roles() -> Iterator[tuple[Declaration, str, Role]]:
    for service in services().values():
        for command, role in service.roles.items():
            yield service, command, role
