"""The objects of an overlay as `kubectl kustomize` renders them, and ways to look at them."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ticketing.common.testing.programs import installed

Json = dict[str, Any]
Manifests = Sequence[Json]
Rule = Callable[[Manifests], Iterator[str]]
"""A sentence for each place where something does not hold."""

FOLDER = Path(__file__).parents[5] / "src/k8s"
OVERLAYS = sorted(path.name for path in (FOLDER / "overlays").iterdir())
NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"

REFERENCE = re.compile(r"\$\((\w+)\)")
"""To a variable that comes before."""


def render(overlay: str) -> list[Json]:
    """The objects of src/k8s/overlays/<overlay>, anew each time: the caller may change them."""
    return deepcopy(_rendered(overlay))


@cache
def _rendered(overlay: str) -> list[Json]:
    command = [_kubectl(), "kustomize", str(FOLDER / "overlays" / overlay)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.load_all(done.stdout, yaml.CSafeLoader) if one]


def _kubectl() -> str:
    """The kubectl that KUBECTL names, or an installed one; else a skip."""
    found = installed(os.environ.get("KUBECTL") or "kubectl")
    return found or pytest.skip(
        "kubectl is missing: install one (1.32 was tried), or name it in KUBECTL"
    )


def title(object: Json) -> str:
    """`Deployment auth-web`."""
    return f"{object['kind']} {object['metadata']['name']}"


def of_kind(manifests: Manifests, *kinds: str) -> list[Json]:
    return [one for one in manifests if one["kind"] in kinds]


def find(manifests: Manifests, wanted: str) -> Json:
    """The object of this title."""
    (found,) = (one for one in manifests if title(one) == wanted)
    return found


def running(manifests: Manifests) -> list[Json]:
    """What runs for ever."""
    return of_kind(manifests, "Deployment", "StatefulSet")


def workloads(manifests: Manifests) -> list[Json]:
    """Whatever makes pods."""
    return of_kind(manifests, "Deployment", "StatefulSet", "Job", "DaemonSet", "CronJob", "Pod")


def serves(manifests: Manifests, workload: Json) -> bool:
    """Whether a Service leads to its pods."""
    leading = [one["spec"]["selector"] for one in of_kind(manifests, "Service")]
    return any(selects({"matchLabels": each}, labels(workload)) for each in leading)


def spec(workload: Json) -> Json:
    """Of its pods."""
    found: Json = workload["spec"]["template"]["spec"]
    return found


def labels(workload: Json) -> dict[str, str]:
    """Of its pods."""
    found: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return found


def containers(workload: Json) -> list[Json]:
    return [*spec(workload).get("initContainers", []), *spec(workload)["containers"]]


def is_ours(workload: Json) -> bool:
    return any("ticketing/" in one["image"] for one in containers(workload))


def selects(selector: Json, labels: Mapping[str, str]) -> bool:
    """Whether a label selector, `{}` for all, means a pod with these labels."""
    wanted = selector.get("matchLabels", {}).items()
    expressions = selector.get("matchExpressions", [])
    return wanted <= labels.items() and all(_holds(one, labels) for one in expressions)


def _holds(expression: Json, labels: Mapping[str, str]) -> bool:
    assert expression["operator"] == "In", "the only one that is used"
    return labels.get(expression["key"]) in expression["values"]


def config(manifests: Manifests, name: str) -> dict[str, str]:
    """The content of a ConfigMap; empty if there is none."""
    for one in of_kind(manifests, "ConfigMap"):
        if one["metadata"]["name"] == name:
            return dict(one["data"])
    return {}


def variables(manifests: Manifests, container: Json) -> Iterator[tuple[str, Any]]:
    """A container's environment: names, and values or where they come from. What a value refers to
    is in its place, but for secrets.
    """
    known: dict[str, Any] = {}
    for source in container.get("envFrom", []):
        known |= config(manifests, source["configMapRef"]["name"])
    for entry in container.get("env", []):
        known[entry["name"]] = entry.get("value", entry.get("valueFrom"))
        if isinstance(known[entry["name"]], str):
            known[entry["name"]] = resolved(known[entry["name"]], known)
    yield from known.items()


def resolved(value: str, known: Mapping[str, Any]) -> str:
    """The value as a node makes it, with those variables in it that are known as text."""

    def replace(reference: re.Match[str]) -> str:
        found = known.get(reference[1])
        return found if isinstance(found, str) else reference[0]

    return REFERENCE.sub(replace, value)


def referred(container: Json) -> set[str]:
    """The variables that values and arguments of this container are made of."""
    values = [entry.get("value", "") for entry in container.get("env", [])]
    return set(REFERENCE.findall("\n".join([*values, *container.get("args", [])])))
