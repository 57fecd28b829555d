"""Network policies between services, and the paths at the gateway."""

from collections.abc import Iterator

from ticketing.registry.declarations import services
from ticketing.registry.environment import PORT, host
from ticketing.registry.rendered import Json
from ticketing.registry.workloads import identity

STREAMS = "streams"
"""The role that sends Server-Sent Events: it has an Ingress of its own."""
_DOCUMENTS = {"/api/docs": "Prefix", "/api/openapi.json": "Exact"}
"""Paths below /api that the service at `/` answers."""


def arrows() -> Iterator[Json]:
    """The NetworkPolicies for declared calls, one for each end."""
    for called in sorted({name for each in services().values() for name in each.calls}):
        answers = {"podSelector": {"matchLabels": identity(services()[called], "web")}}
        calls = {"podSelector": {"matchLabels": {f"ticketing/calls-{called}": "true"}}}
        yield _policy(f"{called}-answers", answers, "Ingress", {"from": [calls]})
        yield _policy(f"calls-{called}", calls, "Egress", {"to": [answers]})


def _policy(name: str, pods: Json, way: str, peers: Json) -> Json:
    rule = {**peers, "ports": [{"port": PORT}]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {**pods, "policyTypes": [way], way.lower(): [rule]},
    }


def gateway() -> list[Json]:
    """The patch with the paths of all roles but streams.

    An /api path that no service has leads to the signer: any service answers it by the 404 of ours.
    """
    backends = {path: host(*role) for path, role in _roles().items() if role[1] != STREAMS}
    backends["/api"] = host(signer())
    backends |= dict.fromkeys(_DOCUMENTS, backends["/"])
    return _paths(backends)


def streams() -> list[Json]:
    """The patch with the paths of streams."""
    return _paths({path: host(*role) for path, role in _roles().items() if role[1] == STREAMS})


def signer() -> str:
    """The service that signs access tokens; raises ValueError unless there is exactly one."""
    names = [name for name, each in services().items() if each.tokens == "signs"]
    if len(names) != 1:
        raise ValueError(f"one service is to sign tokens, and these do: {names}")
    return names[0]


def _roles() -> dict[str, tuple[str, str]]:
    """Service and role by path."""
    return {
        path: (name, command)
        for name, each in services().items()
        for path, command in each.upstreams.items()
    }


def _paths(backends: dict[str, str]) -> list[Json]:
    paths = [
        {
            "path": path,
            "pathType": _DOCUMENTS.get(path, "Prefix"),
            "backend": {"service": {"name": name, "port": {"number": PORT}}},
        }
        for path, name in sorted(backends.items(), reverse=True)
    ]
    return [{"op": "add", "path": "/spec/rules/0/http/paths", "value": paths}]
