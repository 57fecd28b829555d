"""Who knows which secret: every pod its own alone, and none is in git."""

from collections.abc import Iterator

from ticketing.deploy.tests.manifests import (
    COMPONENT,
    NAME,
    Json,
    Manifests,
    containers,
    labels,
    of_kind,
    referred,
    title,
    variables,
    workloads,
)
from ticketing.deploy.tests.trusted import SIGNER
from ticketing.registry import access
from ticketing.registry.declarations import services

Source = tuple[str, str]
"""A Secret and the key in it."""


def told(manifests: Manifests) -> Iterator[str]:
    """A secret comes from outside, and to those whose it is. Only older keys need not be there.
    (Without STRIPE_PUBLISHABLE_KEY the client would run, and nobody could pay.)
    """
    yield from (f"{title(one)} is in git" for one in of_kind(manifests, "Secret"))
    for one in workloads(manifests):
        known = dict(_known_to(labels(one)))
        for container in containers(one):
            for entry in container.get("env", []):
                wanted = entry.get("valueFrom", {}).get("secretKeyRef")
                if wanted and wanted != _reference(entry["name"], known):
                    yield f"{title(one)} has its {entry['name']} from {wanted}"


def _reference(variable: str, known: dict[str, Source]) -> Json | None:
    if variable not in known:
        return None
    name, key = known[variable]
    return {"name": name, "key": key} | ({"optional": True} if variable == "JWT_OTHER_KEYS" else {})


def _known_to(pod: dict[str, str]) -> Iterator[tuple[str, Source]]:
    """The variables that a pod with these labels may have, and where they come from."""
    own = f"{pod[NAME]}-secret"
    match pod[COMPONENT]:
        case "nats":
            for user in (*access.published(), access.OPERATOR):
                yield f"NATS_{user.upper()}", (f"{user}-secret", "NATS_PASSWORD")
            yield "NATS_CLUSTER", ("nats-secret", "NATS_PASSWORD")
        case "redis":
            for user in access.REDIS:
                secret = "expiration-secret" if user == "timers" else f"{user}-secret"
                yield f"REDIS_{user.upper()}", (secret, "REDIS_PASSWORD")
        case "mongo":
            yield "MONGO_KEY", (own, "MONGO_KEY")
        case "mongo-initiate":
            yield "MONGO_KEY", (own, "MONGO_KEY")
            yield "MONGO_PASSWORD", (own, "MONGO_PASSWORD")
            yield "MONGO_OPERATOR_PASSWORD", ("operator-secret", "MONGO_PASSWORD")
        case command:
            yield from _known_to_ours(pod, own)
            if declared := services().get(pod[NAME]):
                for secret, keys in declared.roles[command].secrets.items():
                    yield from ((key, (secret, key)) for key in keys)


def _known_to_ours(pod: dict[str, str], own: str) -> Iterator[tuple[str, Source]]:
    """Passwords of what its labels let it reach, and keys if it answers users."""
    if "ticketing/tokens" in pod and pod[COMPONENT] == "web":
        yield from ((key, ("jwt-secret", key)) for key in ("JWT_KEY", "JWT_OTHER_KEYS"))
    if f"{pod[NAME]}-{pod[COMPONENT]}" == SIGNER:
        yield "JWT_PRIVATE_KEY", ("jwt-secret", "JWT_PRIVATE_KEY")
    if "ticketing/store" in pod:
        yield "MONGO_PASSWORD", (own, "MONGO_PASSWORD")
    if "ticketing/broker" in pod:
        yield "NATS_PASSWORD", (own, "NATS_PASSWORD")
    match pod.get("ticketing/redis"):
        case "limits":
            yield "LIMITS_REDIS_PASSWORD", ("limits-secret", "REDIS_PASSWORD")
        case "timers":
            yield "REDIS_PASSWORD", (own, "REDIS_PASSWORD")


def references(manifests: Manifests) -> Iterator[str]:
    """A value is made of variables that come before it: any other stays as it is written."""
    for one in workloads(manifests):
        for container in containers(one):
            given = list(variables(manifests, container))
            names = [name for name, _ in given]
            yield from (
                f"{title(one)} refers to {name}" for name in referred(container) - set(names)
            )
            for number, (name, value) in enumerate(given):
                late = [each for each in names[number:] if f"$({each})" in str(value)]
                yield from (f"{title(one)} has {name} before {each}" for each in late)


RULES = (told, references)
