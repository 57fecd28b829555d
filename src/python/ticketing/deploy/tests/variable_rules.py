"""What processes are told: every variable has to be a setting, and to say what is so."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from ticketing.auth.settings import AuthSettings, SigningSettings
from ticketing.client.settings import ClientSettings
from ticketing.common.core.settings import BrokerSettings, Settings, read
from ticketing.common.identity.settings import TokenSettings
from ticketing.common.web.settings import ServiceSettings
from ticketing.deploy.tests.manifests import (
    COMPONENT,
    NAME,
    Json,
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
from ticketing.deploy.tests.secret_rules import CALLS_BROKER
from ticketing.expiration.main import ExpirationSettings
from ticketing.orders.main import OrdersSettings
from ticketing.payments.main import PaymentsSettings
from ticketing.stripe_fake.main import StandInSettings

SETTINGS: dict[str, type[Settings]] = {
    "auth": AuthSettings,
    "tickets": ServiceSettings,
    "orders": OrdersSettings,
    "payments": PaymentsSettings,
    "expiration": ExpirationSettings,
    "client": ClientSettings,
    "stripe-fake": StandInSettings,
}


def settings(manifests: Manifests) -> Iterator[str]:
    """Every variable that a process requires is set and can be read, and none that it ignores."""
    for one in filter(is_ours, workloads(manifests)):
        kinds = _kinds(labels(one))
        if not kinds:
            yield f"{title(one)} is of no service that is known"
            continue
        known = {field.encode_name for kind in kinds for field in msgspec.structs.fields(kind)}
        for container in containers(one):
            given = dict(variables(manifests, container))
            unknown = given.keys() - known - referred(container)
            yield from (f"{title(one)} does not know {name}" for name in sorted(unknown))
            yield from (
                f"{title(one)}: {said}" for kind in kinds for said in _complaint(kind, given)
            )


def _kinds(labels: Json) -> list[type[Settings]]:
    """Of what this process reads; empty for an unknown one."""
    name, role = labels.get(NAME, ""), labels.get(COMPONENT)
    own = SETTINGS.get(name)
    if own is None:
        return []
    kinds: list[type[Settings]] = [own]
    if role in CALLS_BROKER:
        kinds.append(BrokerSettings)
    if role == "web" and issubclass(own, ServiceSettings):
        kinds.append(SigningSettings if name == "auth" else TokenSettings)
    return kinds


def _complaint(kind: type[Settings], given: Json) -> Iterator[str]:
    try:
        read(kind, {name: v if isinstance(v, str) else "given" * 8 for name, v in given.items()})
    except SystemExit as stopped:
        yield str(stopped.code)


def sources(manifests: Manifests) -> Iterator[str]:
    """What differs from pod to pod, or is secret, comes from where it should."""
    for one in filter(is_ours, workloads(manifests)):
        for container in containers(one):
            given = dict(variables(manifests, container))
            pod_name = {"fieldRef": {"fieldPath": "metadata.name"}}
            if given.get("NATS_CLIENT_ID", pod_name) != pod_name:
                yield f"{title(one)} is not called at the broker as its pod is"
            for name in ("JWT_KEY", "JWT_PRIVATE_KEY"):
                secret = {"secretKeyRef": {"name": "jwt-secret", "key": name}}
                if given.get(name, secret) != secret:
                    yield f"{title(one)} has its {name} from {given[name]}"
            addressed = {one: value for one, value in given.items() if one.endswith("_URL")}
            yield from _unreachable(manifests, title(one), addressed)


def _unreachable(manifests: Manifests, name: str, addresses: Json) -> Iterator[str]:
    there = {one["metadata"]["name"] for one in of_kind(manifests, "Service")}
    for variable, url in addresses.items():
        host = urlsplit(url).hostname or ""
        if host.endswith("-srv") and host not in there:
            yield f"{name} is to find {variable} at {host}, which is not there"


def replica_sets(manifests: Manifests) -> Iterator[str]:
    """A service's MONGO_URI names its own database, and every member of its own set."""
    for one in of_kind(manifests, "StatefulSet"):
        if labels(one)[COMPONENT] != "mongo":
            continue
        name, service = one["metadata"]["name"], labels(one)[NAME]
        count = one["spec"].get("replicas", 1)
        members = ",".join(f"{name}-{n}.{name}-srv:27017" for n in range(count))
        login = f"{service}:$(MONGO_PASSWORD)"
        wanted = {
            "MONGO_URI": f"mongodb://{login}@{members}/{service}?replicaSet=rs0",
            "MONGO_HOSTS": members,
            "MONGO_DATABASE": service,
        }
        for user in workloads(manifests):
            if labels(user)[NAME] == service and labels(user)[COMPONENT] != "mongo":
                given = dict(variables(manifests, containers(user)[0]))
                needed = wanted if is_ours(user) else wanted.keys() - {"MONGO_URI"}
                for each in needed:
                    if given.get(each) != wanted[each]:
                        yield f"{title(user)} has the {each} {given.get(each)}"


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


RULES = (settings, sources, replica_sets, brokers)
