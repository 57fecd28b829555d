"""What must hold for every pod: a rule yields a sentence for each place where it does not."""

from collections.abc import Iterator

from ticketing.common.runtime.server import GRACE
from ticketing.deploy.tests.manifests import (
    COMPONENT,
    Json,
    Manifests,
    config,
    containers,
    is_ours,
    labels,
    of_kind,
    running,
    serves,
    spec,
    title,
    workloads,
)

POD = {"automountServiceAccountToken": False, "enableServiceLinks": False}
POD_SECURITY = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
OUR_PROBES = dict(zip(PROBES, ("/healthz", "/readyz", "/healthz"), strict=True))
VOLUMES = ("configMap", "emptyDir", "persistentVolumeClaim")


def locked(manifests: Manifests) -> Iterator[str]:
    """No pod may do more than its work."""
    for one in workloads(manifests):
        yield from _differences(title(one), spec(one), POD)
        security = spec(one).get("securityContext", {})
        yield from _differences(title(one), security, POD_SECURITY)
        if security.get("runAsUser", 0) < 10000:
            yield f"{title(one)} has no user of its own"
        for container in containers(one):
            own = container.get("securityContext", {})
            yield from _differences(f"{title(one)} {container['name']}", own, CONTAINER_SECURITY)
            if len(own) > len(CONTAINER_SECURITY):
                yield f"{title(one)} {container['name']} has more to its securityContext"


def alone_on_its_node(manifests: Manifests) -> Iterator[str]:
    """Nothing of the node is shared, and nothing is kept but on volumes that are known."""
    for one in workloads(manifests):
        for field in ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"):
            if field in spec(one):
                yield f"{title(one)} has {field}"
        for volume in spec(one).get("volumes", []):
            if not any(kind in volume for kind in VOLUMES):
                yield f"{title(one)} has the volume {volume}"
        for container in containers(one):
            yield from _needless(title(one), container)


def _needless(name: str, container: Json) -> Iterator[str]:
    for mount in container.get("volumeMounts", []):
        if mount["mountPath"].startswith(("/tmp", "/var", "/app")):
            yield f"{name} mounts {mount['mountPath']}"
    for port in container.get("ports", []):
        if "hostPort" in port:
            yield f"{name} takes a port of its node"


def measured(manifests: Manifests) -> Iterator[str]:
    """Every container says what it needs, and what it may take at most."""
    for one in workloads(manifests):
        for container in containers(one):
            for bound in ("requests", "limits"):
                for resource in ("cpu", "memory"):
                    if resource not in container.get("resources", {}).get(bound, {}):
                        yield f"{title(one)} {container['name']} has no {bound} of {resource}"


def probed(manifests: Manifests) -> Iterator[str]:
    """What runs for ever is watched, ours at the addresses that are there for it."""
    for one in running(manifests):
        for container in containers(one):
            ports = [port["name"] for port in container.get("ports", [])]
            for name in PROBES:
                yield from _probe(f"{title(one)} {name}", container.get(name), ports)
                path = container.get(name, {}).get("httpGet", {}).get("path")
                if is_ours(one) and path != OUR_PROBES[name]:
                    yield f"{title(one)} {name} asks for {path}"


def _probe(name: str, probe: Json | None, ports: list[str]) -> Iterator[str]:
    if probe is None:
        yield f"{name} is missing"
        return
    asked = (probe.get("httpGet") or probe.get("tcpSocket") or {}).get("port")
    if "exec" not in probe and asked not in ports:
        yield f"{name} asks the port {asked}, which is none of {ports}"


def graceful(manifests: Manifests) -> Iterator[str]:
    """What is served is not killed while it is busy, for two minutes, and stays a while after it is
    left out; all have time to finish.
    """
    for one in running(manifests):
        probe = containers(one)[0].get("livenessProbe", {})
        sleep = containers(one)[0].get("lifecycle", {}).get("preStop", {}).get("sleep", {})
        seconds, is_served = int(sleep.get("seconds", 0)), serves(manifests, one)
        alive = probe.get("periodSeconds", 10) * probe.get("failureThreshold", 3)
        if one["kind"] == "Deployment" and is_served and alive < 120:
            yield f"{title(one)} is killed when it is busy"
        if is_served and not seconds:
            yield f"{title(one)} stops while it is still being called"
        if spec(one).get("terminationGracePeriodSeconds", 30) < seconds + GRACE + 5:
            yield f"{title(one)} is killed before it is done"


def rolled(manifests: Manifests) -> Iterator[str]:
    """A rollout of what is served takes none away; two schedulers never run at a time."""
    for one in of_kind(manifests, "Deployment"):
        strategy = one["spec"].get("strategy", {})
        on_a_volume = any("persistentVolumeClaim" in each for each in spec(one).get("volumes", []))
        if labels(one)[COMPONENT] == "scheduler" or on_a_volume:
            if strategy != {"type": "Recreate"} or one["spec"].get("replicas", 1) != 1:
                yield f"{title(one)} may run twice"
        elif serves(manifests, one) and strategy["rollingUpdate"]["maxUnavailable"] != 0:
            yield f"{title(one)} has fewer pods during a rollout"


def simple(manifests: Manifests) -> Iterator[str]:
    """One container in every pod, which is what patches of all pods count on; what it mounts and
    reads exists.
    """
    for one in workloads(manifests):
        if one["kind"] not in ("Deployment", "StatefulSet", "Job") or len(containers(one)) != 1:
            yield f"{title(one)} is not one container that is kept running"
        names = [
            each["configMap"]["name"]
            for each in spec(one).get("volumes", [])
            if "configMap" in each
        ]
        for container in containers(one):
            names += [source["configMapRef"]["name"] for source in container.get("envFrom", [])]
            yield from _unmounted(one, container)
        yield from (
            f"{title(one)} wants the ConfigMap {name}"
            for name in names
            if not config(manifests, name)
        )


def _unmounted(workload: Json, container: Json) -> Iterator[str]:
    claims = workload["spec"].get("volumeClaimTemplates", [])
    there = {one["name"] for one in spec(workload).get("volumes", [])}
    there |= {one["metadata"]["name"] for one in claims}
    mounted = {one["name"] for one in container.get("volumeMounts", [])}
    for name in sorted(there ^ mounted):
        yield f"{title(workload)} has or mounts the volume {name}, but not both"


def _differences(name: str, actual: Json, wanted: Json) -> Iterator[str]:
    for field, value in wanted.items():
        if actual.get(field) != value:
            yield f"{name} has {field} {actual.get(field)}"


RULES = (
    locked,
    alone_on_its_node,
    measured,
    probed,
    graceful,
    rolled,
    simple,
)
