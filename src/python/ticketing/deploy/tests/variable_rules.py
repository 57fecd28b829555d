"""What processes are told: every variable has to be a setting, and to say what is so."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec.structs import fields

from ticketing.common.web.limits import Often
from ticketing.deploy.tests import processes
from ticketing.deploy.tests.manifests import (
    COMPONENT,
    NAME,
    Manifests,
    config,
    containers,
    is_ours,
    labels,
    of_kind,
    referred,
    running,
    title,
    variables,
    workloads,
)


def settings(manifests: Manifests) -> Iterator[str]:
    """Every variable that a process requires is set and can be read, none that it ignores; and who
    is to hold visitors to limits knows where these are counted.
    """
    for one in filter(is_ours, workloads(manifests)):
        given = processes.environment(manifests, one)
        try:
            kinds = processes.settings(one, given)
        except SystemExit as stopped:
            yield f"{title(one)}: {stopped.code}"
            continue
        known = {field.encode_name: field.type for kind in kinds for field in fields(kind)}
        for name in sorted(given.keys() - known.keys() - referred(containers(one)[0])):
            yield f"{title(one)} does not know {name}"
        limited = Often in known.values() and labels(one)[COMPONENT] == "web"
        if limited and "LIMITS_REDIS_URL" not in given:
            yield f"{title(one)} knows not where its limits are counted"


def addresses(manifests: Manifests) -> Iterator[str]:
    """Every Service that a variable names is there."""
    there = {one["metadata"]["name"] for one in of_kind(manifests, "Service")}
    for one in filter(is_ours, workloads(manifests)):
        for variable, url in variables(manifests, containers(one)[0]):
            host = urlsplit(url).hostname or "" if variable.endswith("_URL") else ""
            if host.endswith("-srv") and host not in there:
                yield f"{title(one)} is to find {variable} at {host}, which is not there"


def replica_sets(manifests: Manifests) -> Iterator[str]:
    """Whoever calls a service's MongoDB knows every member of its set."""
    for one in of_kind(manifests, "StatefulSet"):
        name, count = one["metadata"]["name"], one["spec"].get("replicas", 1)
        members = ",".join(f"{name}-{n}.{name}-srv:27017" for n in range(count))
        for user in workloads(manifests):
            given = dict(variables(manifests, containers(user)[0]))
            if (
                name == f"{labels(user)[NAME]}-mongo"
                and given.get("MONGO_HOSTS", members) != members
            ):
                yield f"{title(user)} has the MONGO_HOSTS {given['MONGO_HOSTS']}"


def brokers(manifests: Manifests) -> Iterator[str]:
    """There are as many brokers as are to keep each message, and they know each other; one that
    starts is not up before it has its streams.
    """
    (nats,) = (one for one in of_kind(manifests, "StatefulSet") if labels(one)[NAME] == "nats")
    if containers(nats)[0]["startupProbe"].get("httpGet", {}).get("path") != "/healthz":
        yield "StatefulSet nats is up without its streams"
    count = nats["spec"].get("replicas", 1)
    volumes = {one["name"]: one for one in nats["spec"]["template"]["spec"]["volumes"]}
    text = config(manifests, volumes["config"]["configMap"]["name"]).get("nats.conf", "")
    given = dict(variables(manifests, containers(nats)[0]))
    for number in range(count if count > 1 else 0):
        route = f"nats://nats:$(NATS_CLUSTER)@nats-{number}.nats-srv:6222"
        if given.get(f"NATS_ROUTE_{number}") != route or f"$NATS_ROUTE_{number}" not in text:
            yield f"StatefulSet nats has no route to nats-{number}"
    for one in running(manifests):
        asked = dict(variables(manifests, containers(one)[0])).get("NATS_REPLICAS", count)
        if int(asked) != count:
            yield f"{title(one)} wants {asked} brokers, and there are {count}"


RULES = (settings, addresses, replica_sets, brokers)
