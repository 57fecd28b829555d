"""Who may speak with whom: the arrows that NetworkPolicies allow, against those of the contract."""

from collections.abc import Iterator

from ticketing.deploy.tests.manifests import Json
from ticketing.deploy.tests.manifests import Manifests
from ticketing.deploy.tests.manifests import containers
from ticketing.deploy.tests.manifests import labels
from ticketing.deploy.tests.manifests import of_kind
from ticketing.deploy.tests.manifests import selects
from ticketing.deploy.tests.manifests import title
from ticketing.deploy.tests.manifests import workloads

Arrow = tuple[str, str, int]
"""Who calls, who answers, on which port."""

NAMESPACES = {"ingress-nginx": "gateway", "kube-system": "dns", "keda": "keda"}
OUTSIDE = {*NAMESPACES.values(), "internet"}
SOLVER = {"acme.cert-manager.io/http01-solver": "true"}
"""The labels of a pod that cert-manager starts now and then."""


def _arrows(port: int, *, to: str, by: str) -> set[Arrow]:
    return {(source, target, port) for source in by.split() for target in to.split()}


WEB = "auth-web tickets-web orders-web payments-web client-web client-streams"
WORKERS = "tickets-worker orders-worker payments-worker expiration-worker expiration-rq"
EVERYWHERE = (
    _arrows(3000, by="gateway", to=WEB)
    | _arrows(3000, by="client-web client-streams", to="auth-web tickets-web orders-web")
    | _arrows(4222, by=WORKERS, to="nats")
    | _arrows(
        6379, by="expiration-worker expiration-rq expiration-scheduler", to="expiration-redis"
    )
    | _arrows(27017, by="auth-web auth-mongo auth-mongo-initiate", to="auth-mongo")
    | {
        (f"{name}-{role}", f"{name}-mongo", 27017)
        for name in ("tickets", "orders", "payments")
        for role in ("web", "worker", "mongo", "mongo-initiate")
    }
)
STRIPE = _arrows(443, by="payments-web payments-worker", to="internet")
STAND_IN = _arrows(3000, by="gateway payments-web payments-worker", to="stripe-fake")
CLUSTER = _arrows(6222, by="nats", to="nats") | _arrows(8089, by="gateway", to="acme-solver")
CONTRACT = {
    "dev": EVERYWHERE | STAND_IN,
    "tilt": EVERYWHERE | STAND_IN,
    "production": EVERYWHERE | STRIPE | CLUSTER,
    "production-keda": EVERYWHERE | STRIPE | CLUSTER | _arrows(8222, by="keda", to="nats"),
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
    for arrow in sorted((called | answered) - allowed - names):
        yield f"{_told(arrow)} is none of the contract's"
    for arrow in sorted((allowed | names) - called):
        if arrow[0] not in OUTSIDE:
            yield f"{_told(arrow)} may not be called"
    for arrow in sorted(allowed - answered):
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
        own = _pods(manifests, policy["spec"]["podSelector"])
        assert own, f"{title(policy)} is for no pod"
        for rule in policy["spec"].get(way, []):
            peers = rule.get("from" if way == "ingress" else "to")
            others = {name for peer in peers for name in _peer(manifests, peer)}
            assert others, f"{title(policy)} has a peer that is nobody"
            for port in rule["ports"]:
                for one in own:
                    for other in others:
                        ends = (other, one) if way == "ingress" else (one, other)
                        yield *ends, port["port"]


def _peer(manifests: Manifests, peer: Json) -> set[str]:
    if "ipBlock" in peer:
        return {"internet"}
    if "namespaceSelector" in peer:
        return {NAMESPACES[peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]]}
    return _pods(manifests, peer["podSelector"])


def _pods(manifests: Manifests, selector: Json) -> set[str]:
    if selector.get("matchLabels") == SOLVER:
        return {"acme-solver"}
    chosen = [one for one in workloads(manifests) if selects(selector, labels(one))]
    return {one["metadata"]["name"] for one in chosen}
