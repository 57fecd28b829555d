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
from ticketing.deploy.tests.processes import apis

PAGES = {
    "/": "client-srv",
    "/api": "auth-srv",
    "/api/docs": "client-srv",
    "/api/openapi.json": "client-srv",
    "/live": "client-streams-srv",
}
"""Paths that are no service's API. (Of the services, auth is asked for a path that nobody has.)"""


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
    """Those paths and the services' own, each to its service, and every service is there."""
    known = PAGES | {path: f"{name}-srv" for path, name in apis(manifests).items()}
    there = {
        (one["metadata"]["name"], port["port"])
        for one in of_kind(manifests, "Service")
        for port in one["spec"]["ports"]
    }
    found: dict[str, dict[str, str]] = {}
    for ingress in of_kind(manifests, "Ingress"):
        for host, path, service, port in _paths(ingress):
            found.setdefault(host, {})[path] = service
            if (service, port) not in there:
                yield f"{title(ingress)} leads to {service}:{port}, which is not there"
    if not any(routes == known for routes in found.values()):
        yield f"Ingress gateway has the paths {found}"


def _paths(ingress: Json) -> Iterator[tuple[str, str, str, int]]:
    for rule in ingress["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            service = path["backend"]["service"]
            yield rule["host"], path["path"], service["name"], service["port"]["number"]


def _behind(manifests: Manifests, service: Json) -> list[Json]:
    wanted = {"matchLabels": service["spec"]["selector"]}
    return [one for one in workloads(manifests) if selects(wanted, labels(one))]


RULES = (services, selectors, ingresses)
