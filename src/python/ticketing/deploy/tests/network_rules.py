"""Who may speak with whom: the arrows that policies open, against those that are declared."""

from collections.abc import Iterator

from ticketing.deploy.tests.manifests import (
    COMPONENT,
    Json,
    Manifests,
    containers,
    labels,
    of_kind,
    selects,
    workloads,
)
from ticketing.deploy.tests.trusted import ON_THE_INTERNET, SIGNER
from ticketing.registry.declarations import Declaration, services

Arrow = tuple[str, str, int | str]
"""Who calls, who answers, on which port (a number, or text that tells what is wrong with it)."""


def _namespace(name: str, **pods: str) -> Json:
    own = {"matchLabels": {"kubernetes.io/metadata.name": name}}
    return {"namespaceSelector": own} | ({"podSelector": {"matchLabels": pods}} if pods else {})


PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
OUTSIDE: dict[str, Json] = {
    "internet": {"ipBlock": {"cidr": "0.0.0.0/0", "except": PRIVATE}},
    "gateway": _namespace("ingress-nginx", **{COMPONENT: "controller"}),
    "dns": _namespace("kube-system", **{"k8s-app": "kube-dns"}),
    "keda": _namespace("keda"),
}
"""Those that are not ours, each as a policy has to describe it, to the letter."""
SOLVER = {"acme.cert-manager.io/http01-solver": "true"}
"""The labels of a pod that cert-manager starts now and then."""


PAYING = {"payments-web", "payments-worker"}
"""They call Stripe; where a stand-in is in its place, that and no more."""
STAND_IN = {
    *((caller, "stripe-fake", 3000) for caller in ("gateway", *PAYING)),
    *((caller, "internet", 443) for caller in ON_THE_INTERNET - PAYING),
    ("stripe-fake", "payments-web", 3000),
}
LASTING = {
    *((caller, "internet", 443) for caller in ON_THE_INTERNET),
    *(
        (f"{name}-web", SIGNER, 3000)
        for name, service in services().items()
        if service.tokens == "checks"
    ),
    ("nats", "nats", 6222),
    ("gateway", "acme-solver", 8089),
}
KEDA = {("keda", "nats", 8222)}


def allowed(overlay: str) -> set[Arrow]:
    """Every arrow but those to look up names: what is declared, and what this overlay adds."""
    declared = {arrow for service in services().values() for arrow in _declared(service)}
    lasting = LASTING if overlay.startswith("production") else STAND_IN
    return declared | lasting | (KEDA if overlay.endswith("-keda") else set())


def _declared(service: Declaration) -> Iterator[Arrow]:
    name, mongo = service.name, f"{service.name}-mongo"
    for command, role in service.roles.items():
        pod = f"{name}-{command}"
        yield from ((pod, f"{called}-web", 3000) for called in service.calls)
        if role.path:
            yield "gateway", pod, 3000
        if role.broker:
            yield pod, "nats", 4222
        if role.redis:
            yield pod, "expiration-redis", 6379
    if service.store:
        users = [f"{name}-{command}" for command in service.roles if command in ("web", "worker")]
        yield from ((user, mongo, 27017) for user in (*users, mongo, f"{mongo}-initiate"))


def closed(manifests: Manifests) -> Iterator[str]:
    """Without another policy, nobody speaks with anybody."""
    policies = [one["spec"] for one in of_kind(manifests, "NetworkPolicy")]
    if {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} not in policies:
        yield "no NetworkPolicy denies everything by default"


def arrows(manifests: Manifests, allowed: set[Arrow]) -> Iterator[str]:
    """Exactly those arrows are open, each at both of its ends."""
    names: set[Arrow] = {(one["metadata"]["name"], "dns", 53) for one in workloads(manifests)}
    answered = set(_open(manifests, "ingress"))
    called = set(_open(manifests, "egress"))
    for arrow in sorted((called | answered) - allowed - names, key=str):
        yield f"{_told(arrow)} is not allowed"
    for arrow in sorted((allowed | names) - called, key=str):
        if arrow[0] not in OUTSIDE:
            yield f"{_told(arrow)} may not be called"
    for arrow in sorted(allowed - answered, key=str):
        if arrow[1] not in OUTSIDE:
            yield f"{_told(arrow)} is not answered"


def _told(arrow: Arrow) -> str:
    return f"{arrow[0]} -> {arrow[1]}:{arrow[2]}"


def ports(manifests: Manifests) -> Iterator[str]:
    """Arrows of ours end at ports that are there."""
    there = {
        (one["metadata"]["name"], port["containerPort"])
        for one in workloads(manifests)
        for container in containers(one)
        for port in container.get("ports", [])
    }
    for arrow in set(_open(manifests, "ingress")):
        if arrow[1:] not in there and arrow[1] != "acme-solver":
            yield f"{_told(arrow)} ends at no port"


def _open(manifests: Manifests, way: str) -> Iterator[Arrow]:
    """The arrows that are allowed at this end, `ingress` or `egress`."""
    for policy in of_kind(manifests, "NetworkPolicy"):
        if way.capitalize() not in policy["spec"].get("policyTypes", []):
            continue
        own = _pods(manifests, policy["spec"]["podSelector"])
        for rule in policy["spec"].get(way, []):
            for other in _others(manifests, rule.get("from" if way == "ingress" else "to")):
                for one in own:
                    ends = (other, one) if way == "ingress" else (one, other)
                    for port in rule.get("ports") or [{}]:
                        yield *ends, _port(port)


def _port(port: Json) -> int | str:
    number: int = port.get("port", 0)
    plain = {"port": number}, {"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}
    return number if port in plain else str(port)


def _others(manifests: Manifests, peers: list[Json] | None) -> set[str]:
    """Those that a rule's peers mean; without any, it means everybody."""
    others = {name for peer in peers or [{}] for name in _peer(manifests, peer)}
    assert others, f"{peers} are nobody"
    return others


def _peer(manifests: Manifests, peer: Json) -> set[str]:
    if peer.keys() == {"podSelector"}:
        return _pods(manifests, peer["podSelector"])
    known = {name for name, each in OUTSIDE.items() if each == peer}
    return known or {str(peer or "everybody")}


def _pods(manifests: Manifests, selector: Json) -> set[str]:
    if selector.get("matchLabels") == SOLVER:
        return {"acme-solver"}
    chosen = [one for one in workloads(manifests) if selects(selector, labels(one))]
    return {one["metadata"]["name"] for one in chosen}


RULES = (closed, ports)
