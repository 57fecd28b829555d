"""Who may speak with whom: the arrows that NetworkPolicies allow, against a table of them."""

from collections.abc import Iterator

from ticketing.deploy.tests.manifests import (
    COMPONENT,
    Json,
    Manifests,
    containers,
    labels,
    of_kind,
    selects,
    title,
    workloads,
)

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


def _arrows(port: int, *, to: str, by: str) -> set[Arrow]:
    return {(source, target, port) for source in by.split() for target in to.split()}


WEB = "auth-web tickets-web orders-web payments-web client-web client-streams"
WORKERS = "auth-worker tickets-worker orders-worker payments-worker expiration-worker expiration-rq"
EVERYWHERE = (
    _arrows(3000, by="gateway", to=WEB)
    | _arrows(3000, by="client-web client-streams", to="auth-web tickets-web orders-web")
    | _arrows(4222, by=WORKERS, to="nats")
    | _arrows(
        6379, by="expiration-worker expiration-rq expiration-scheduler", to="expiration-redis"
    )
    | _arrows(6379, by="auth-web orders-web payments-web", to="expiration-redis")
    | {
        (f"{name}-{role}", f"{name}-mongo", 27017)
        for name in ("auth", "tickets", "orders", "payments")
        for role in ("web", "worker", "mongo", "mongo-initiate")
    }
)
STRIPE = _arrows(443, by="payments-web payments-worker", to="internet")
STAND_IN = _arrows(3000, by="gateway payments-web payments-worker", to="stripe-fake") | _arrows(
    3000, by="stripe-fake", to="payments-web"
)
KEYS = _arrows(3000, by="tickets-web orders-web payments-web", to="auth-web")
CLUSTER = _arrows(6222, by="nats", to="nats") | _arrows(8089, by="gateway", to="acme-solver")
ARROWS = {
    "dev": EVERYWHERE | STAND_IN,
    "tilt": EVERYWHERE | STAND_IN,
    "production": EVERYWHERE | STRIPE | CLUSTER | KEYS,
    "production-keda": EVERYWHERE | STRIPE | CLUSTER | KEYS | _arrows(8222, by="keda", to="nats"),
}


def closed(manifests: Manifests) -> Iterator[str]:
    """Without another policy, nobody speaks with anybody."""
    policies = [one["spec"] for one in of_kind(manifests, "NetworkPolicy")]
    if {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} not in policies:
        yield "no NetworkPolicy denies everything by default"


def arrows(manifests: Manifests, allowed: set[Arrow]) -> Iterator[str]:
    """Exactly those arrows are open, each at both of its ends."""
    pods = {one["metadata"]["name"] for one in workloads(manifests)}
    names = _arrows(53, by=" ".join(pods), to="dns")
    answered = set(_open(manifests, "ingress"))
    called = set(_open(manifests, "egress"))
    for arrow in sorted((called | answered) - allowed - names, key=str):
        yield f"{_told(arrow)} is none of the table's"
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


def reached(manifests: Manifests) -> Iterator[str]:
    """What the gateway may call, some Ingress leads to."""
    leads = {name for one in of_kind(manifests, "Ingress") for name in _backends(one)}
    called = {one for source, one, _ in _open(manifests, "ingress") if source == "gateway"}
    for service in of_kind(manifests, "Service"):
        behind = _pods(manifests, {"matchLabels": service["spec"]["selector"]})
        if behind & called and service["metadata"]["name"] not in leads:
            yield f"{title(service)} has no path at the gateway"


def _backends(ingress: Json) -> Iterator[str]:
    for rule in ingress["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            yield path["backend"]["service"]["name"]


def _open(manifests: Manifests, way: str) -> Iterator[Arrow]:
    """The arrows that are allowed at this end, `ingress` or `egress`."""
    for policy in of_kind(manifests, "NetworkPolicy"):
        if way.capitalize() not in policy["spec"].get("policyTypes", []):
            continue
        own = _pods(manifests, policy["spec"]["podSelector"])
        assert own, f"{title(policy)} is for no pod"
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


RULES = (closed, ports, reached)
