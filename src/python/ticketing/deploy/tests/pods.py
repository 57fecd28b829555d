"""Pods of a rendered overlay, as a container engine needs to know them."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from ticketing.deploy.tests.manifests import (
    Json,
    Manifests,
    config,
    containers,
    of_kind,
    resolved,
    selects,
    variables,
    workloads,
)

WRITABLE = ("emptyDir", "persistentVolumeClaim")


@dataclass(frozen=True)
class Pod:
    """One pod with one container. `manifests` is all of the overlay, for what the pod refers to."""

    name: str
    template: Json
    claims: Sequence[Json]
    manifests: Manifests

    @property
    def spec(self) -> Json:
        spec: Json = self.template["spec"]
        return spec

    @property
    def container(self) -> Json:
        (container,) = self.spec["containers"]
        return dict(container)

    @property
    def image(self) -> str:
        return str(self.container["image"])

    @property
    def is_ours(self) -> bool:
        return self.image.startswith("ticketing/")

    @property
    def ports(self) -> list[int]:
        return [port["containerPort"] for port in self.container.get("ports", [])]

    @property
    def user(self) -> str:
        security = {**self.spec["securityContext"], **self.container["securityContext"]}
        return f"{security['runAsUser']}:{security.get('runAsGroup', 0)}"

    @property
    def group_of_volumes(self) -> int:
        return int(self.spec["securityContext"].get("fsGroup", 0))

    @property
    def stop_seconds(self) -> int:
        """From SIGTERM to SIGKILL; the sleep before it only lets others forget the address."""
        stop = self.container.get("lifecycle", {}).get("preStop", {})
        grace: int = self.spec.get("terminationGracePeriodSeconds", 30)
        return grace - int(stop.get("sleep", {}).get("seconds", 0))

    def environment(self, secrets: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """`secrets` are the values that come from outside, by name of the Secret and key."""
        named = variables(self.manifests, self.container)
        given = {name: self._value(source, secrets) for name, source in named}
        there = {name: value for name, value in given.items() if value is not None}
        return {name: resolved(value, there) for name, value in there.items()}

    def arguments(self, environment: Mapping[str, str]) -> list[str]:
        """Of its program."""
        return [resolved(str(one), environment) for one in self.container.get("args", [])]

    def _value(self, source: str | Json, secrets: Mapping[str, Mapping[str, str]]) -> str | None:
        if isinstance(source, str):
            return source
        if "fieldRef" in source:
            assert source["fieldRef"]["fieldPath"] == "metadata.name"
            return self.name
        reference = source["secretKeyRef"]
        value = secrets.get(reference["name"], {}).get(reference["key"])
        assert value is not None or reference.get("optional"), f"{self.name} wants {reference}"
        return value

    def mounts(self) -> Iterator[tuple[str, str]]:
        """Volume name and path, of those that can be written to."""
        writable = {claim["metadata"]["name"] for claim in self.claims}
        writable |= {one["name"] for kind in WRITABLE for one in self._volumes(kind)}
        for mount in self.container.get("volumeMounts", []):
            if mount["name"] in writable:
                yield mount["name"], mount["mountPath"]

    def files(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Path and files by name, of the configuration that is mounted."""
        maps = {one["name"]: one["configMap"]["name"] for one in self._volumes("configMap")}
        for mount in self.container.get("volumeMounts", []):
            if mount["name"] in maps:
                yield mount["mountPath"], config(self.manifests, maps[mount["name"]])

    def host_names(self) -> list[str]:
        """Under which other pods find it: by its Services, and by its own name where it has one."""
        names = []
        labels = self.template["metadata"]["labels"]
        for service in of_kind(self.manifests, "Service"):
            if selects({"matchLabels": service["spec"]["selector"]}, labels):
                name = service["metadata"]["name"]
                names += [name, f"{self.name}.{name}"]
        return names

    def _volumes(self, kind: str) -> list[Json]:
        return [volume for volume in self.spec.get("volumes", []) if kind in volume]


def running(manifests: Manifests) -> list[Pod]:
    """Every pod of the Deployments and StatefulSets; the latter's are named as in a cluster."""
    return [
        Pod(f"{one['metadata']['name']}{suffix}", one["spec"]["template"], claims, manifests)
        for one in of_kind(manifests, "Deployment", "StatefulSet")
        for claims in [one["spec"].get("volumeClaimTemplates", [])]
        for suffix in _suffixes(one)
    ]


def jobs(manifests: Manifests) -> list[Pod]:
    """The pod of each Job: what runs once."""
    return [
        Pod(one["metadata"]["name"], one["spec"]["template"], [], manifests)
        for one in of_kind(manifests, "Job")
    ]


def secrets_for(manifests: Manifests) -> dict[str, dict[str, str]]:
    """Random ones, for every Secret and key without which a pod would not start."""
    made: dict[str, dict[str, str]] = {}
    for one in workloads(manifests):
        for container in containers(one):
            for _, source in variables(manifests, container):
                wanted = {} if isinstance(source, str) else source.get("secretKeyRef", {})
                if wanted and not wanted.get("optional"):
                    value = secrets.token_hex(32)
                    made.setdefault(wanted["name"], {}).setdefault(wanted["key"], value)
    return made


def spare(pod: Pod) -> Pod:
    """A second one that nobody calls, and that could write where the first must not."""
    template = deepcopy(pod.template)
    template["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] = False
    others = [one for one in pod.manifests if one["kind"] != "Service"]
    return Pod(f"{pod.name}-spare", template, pod.claims, others)


def _suffixes(workload: Json) -> list[str]:
    replicas = workload["spec"].get("replicas", 1)
    if workload["kind"] == "Deployment" and replicas == 1:
        return [""]
    return [f"-{number}" for number in range(replicas)]


def routes(manifests: Manifests, host: str) -> dict[str, tuple[str, int]]:
    """Path -> Service and port, as the Ingress says for this host."""
    return {
        path["path"]: (service["name"], service["port"]["number"])
        for ingress in of_kind(manifests, "Ingress")
        for rule in ingress["spec"]["rules"]
        if rule["host"] == host
        for path in rule["http"]["paths"]
        for service in [path["backend"]["service"]]
    }
