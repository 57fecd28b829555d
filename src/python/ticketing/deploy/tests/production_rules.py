"""What must hold beyond that where the platform is to last."""

import re
from collections.abc import Iterator

from ticketing.deploy.tests.manifests import (
    COMPONENT,
    NAME,
    Manifests,
    containers,
    labels,
    of_kind,
    running,
    selects,
    spec,
    title,
    variables,
    workloads,
)
from ticketing.registry.declarations import services

ALONE = {"expiration-redis"} | {
    f"{name}-{command}"
    for name, service in services().items()
    for command, role in service.roles.items()
    if role.single
}
"""Those that are one on purpose: the truth about a hold does not depend on them."""
KEEPERS = ("mongo", "nats")
"""Those that have to agree: three, so that one may be lost."""
APART = {"minDomains": 3, "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}
"""Over nodes: where there are but two, the third waits."""
ZONE, NODE = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


def images(manifests: Manifests) -> Iterator[str]:
    """Images are named by digest; one that has none yet cannot be pulled by accident."""
    for one in workloads(manifests):
        for container in containers(one):
            name, _, digest = container["image"].partition("@sha256:")
            unknown = name.startswith("registry.invalid/")
            if not re.fullmatch("[0-9a-f]{64}", digest) or unknown != (set(digest) == {"0"}):
                yield f"{title(one)} runs {container['image']}"


def several(manifests: Manifests) -> Iterator[str]:
    """None is alone but those that are so on purpose."""
    minimum = _scaled(manifests)
    for one in running(manifests):
        name, replicas = one["metadata"]["name"], one["spec"].get("replicas")
        if name in minimum and replicas is not None:
            yield f"{title(one)} would be set back to {replicas} at every rollout"
        wanted = 3 if labels(one)[COMPONENT] in KEEPERS else 2
        if name not in ALONE and minimum.get(name, replicas or 1) < wanted:
            yield f"{title(one)} has fewer than {wanted} pods"


def _scaled(manifests: Manifests) -> dict[str, int]:
    """How many there are at least of those that are scaled."""
    horizontal = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]["minReplicas"]
        for one in of_kind(manifests, "HorizontalPodAutoscaler")
    }
    return horizontal | {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]["minReplicaCount"]
        for one in of_kind(manifests, "ScaledObject")
    }


def drained_one_by_one(manifests: Manifests) -> Iterator[str]:
    """A node that is drained takes one of each at a time."""
    budgets = [one["spec"] for one in of_kind(manifests, "PodDisruptionBudget")]
    for one in running(manifests):
        own = [each for each in budgets if selects(each["selector"], labels(one))]
        if one["metadata"]["name"] not in ALONE and [b.get("maxUnavailable") for b in own] != [1]:
            yield f"{title(one)} has the PodDisruptionBudgets {own}"


def spread(manifests: Manifests) -> Iterator[str]:
    """A node or a zone that is lost takes the smaller part."""
    for one in running(manifests):
        constraints = spec(one).get("topologySpreadConstraints", [])
        over = {each["topologyKey"]: each for each in constraints}
        apart = APART if labels(one)[COMPONENT] in KEEPERS else {}
        if over.keys() != {NODE, ZONE} or not apart.items() <= over[NODE].items():
            yield f"{title(one)} is spread over {over}"
        if any({NAME, COMPONENT} - set(each["matchLabelKeys"]) for each in constraints):
            yield f"{title(one)} is spread among others than its own"


def encrypted(manifests: Manifests) -> Iterator[str]:
    """Every host has a certificate, which one Ingress has made."""
    issued = set()
    for ingress in of_kind(manifests, "Ingress"):
        hosts = {rule["host"] for rule in ingress["spec"]["rules"]}
        covered = {host for each in ingress["spec"].get("tls", []) for host in each["hosts"]}
        yield from (f"{title(ingress)} has no TLS for {host}" for host in sorted(hosts - covered))
        if "cert-manager.io/cluster-issuer" in ingress["metadata"]["annotations"]:
            issued |= {each["secretName"] for each in ingress["spec"].get("tls", [])}
    if issued != {"ticketing-tls"}:
        yield f"Ingress: certificates are made for {sorted(issued)}"


def unshared(manifests: Manifests) -> Iterator[str]:
    """Nobody has a key that both checks tokens and signs them."""
    for one in workloads(manifests):
        if "JWT_KEY" in dict(variables(manifests, containers(one)[0])):
            yield f"{title(one)} knows the JWT_KEY"


RULES = (
    images,
    several,
    drained_one_by_one,
    spread,
    encrypted,
    unshared,
)
