"""The ways between services and to them: who calls whom, and which path leads where."""

from collections.abc import Iterator

from ticketing.registry.declarations import services
from ticketing.registry.environment import PORT, host
from ticketing.registry.rendered import Json
from ticketing.registry.workloads import identity

STREAMS = "streams"
"""The role whose answers do not end: it has an Ingress of its own."""
_DOCUMENTS = {"/api/docs": "Prefix", "/api/openapi.json": "Exact"}
"""Paths of the pages, the service at `/`, that other services' paths would hide."""


def arrows() -> Iterator[Json]:
    """The NetworkPolicies between services: who calls is allowed at both ends."""
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
    """The patch that gives the Ingress of what is asked and answered its paths.

    All answer an /api path that nobody has in the contract's words: the signer is asked for them.
    """
    backends = {path: host(*role) for path, role in _roles().items() if role[1] != STREAMS}
    backends["/api"] = host(signer())
    backends |= dict.fromkeys(_DOCUMENTS, backends["/"])
    return _paths(backends)


def streams() -> list[Json]:
    """The patch that gives the Ingress of streams its paths."""
    return _paths({path: host(*role) for path, role in _roles().items() if role[1] == STREAMS})


def signer() -> str:
    """The service that signs access tokens; raises ValueError unless it is one."""
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
