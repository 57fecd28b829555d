"""What refers to what: every name has to lead somewhere."""

from collections.abc import Iterator

from ticketing.deploy.tests.manifests import (
    COMPONENT,
    NAME,
    Json,
    Manifests,
    containers,
    labels,
    of_kind,
    running,
    selects,
    title,
    workloads,
)
from ticketing.registry import declarations

BESIDE = {"/api", "/api/docs", "/api/openapi.json"}
"""Paths that no declaration has."""


def services(manifests: Manifests) -> Iterator[str]:
    """Every Service leads to pods, and to ports that they have."""
    for service in of_kind(manifests, "Service"):
        behind = _behind(manifests, service)
        if len(behind) != 1:
            yield f"{title(service)} leads to {[title(one) for one in behind]}"
        for one in behind:
            known = {port["name"] for each in containers(one) for port in each["ports"]}
            for port in service["spec"]["ports"]:
                if port["targetPort"] not in known:
                    yield f"{title(service)} leads to the port {port['targetPort']}"
    there = {one["metadata"]["name"] for one in of_kind(manifests, "Service")}
    for one in of_kind(manifests, "StatefulSet"):
        if one["spec"]["serviceName"] not in there:
            yield f"{title(one)} has no Service"


def selectors(manifests: Manifests) -> Iterator[str]:
    """Pods are their own workload's and no other's, and named for it."""
    for one in running(manifests):
        own = one["spec"]["selector"]
        if [one] != [each for each in workloads(manifests) if selects(own, labels(each))]:
            yield f"{title(one)} selects other pods than its own"
        if {NAME, COMPONENT} - labels(one).keys():
            yield f"{title(one)} has pods without name or component"


def ingresses(manifests: Manifests) -> Iterator[str]:
    """The paths that are declared and no others, each to a Service that is there."""
    declared = {path for each in declarations.services().values() for path in each.upstreams}
    there = {
        (one["metadata"]["name"], port["port"])
        for one in of_kind(manifests, "Service")
        for port in one["spec"]["ports"]
    }
    found = set()
    for ingress in of_kind(manifests, "Ingress"):
        for path, service, port in _paths(ingress):
            if service != "stripe-fake-srv":
                found.add(path)
            if (service, port) not in there:
                yield f"{title(ingress)} leads to {service}:{port}, which is not there"
    if found != declared | BESIDE:
        yield f"Ingress gateway has the paths {found}"


def _paths(ingress: Json) -> Iterator[tuple[str, str, int]]:
    for rule in ingress["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            service = path["backend"]["service"]
            yield path["path"], service["name"], service["port"]["number"]


def _behind(manifests: Manifests, service: Json) -> list[Json]:
    wanted = {"matchLabels": service["spec"]["selector"]}
    return [one for one in workloads(manifests) if selects(wanted, labels(one))]


RULES = (services, selectors, ingresses)
