"""Who knows which secret: every pod its own alone, and none is in git."""

from collections.abc import Iterator, Mapping

from ticketing.deploy.tests.manifests import (
    COMPONENT,
    NAME,
    Manifests,
    containers,
    labels,
    of_kind,
    referred,
    title,
    variables,
    workloads,
)
from ticketing.deploy.tests.trusted import FROM_OUTSIDE, SIGNER


def told(manifests: Manifests) -> Iterator[str]:
    """A secret comes from outside, and to those whose it is. Only older keys need not be there.
    (Without STRIPE_PUBLISHABLE_KEY the client would run, and nobody could pay.)
    """
    yield from (f"{title(one)} is in git" for one in of_kind(manifests, "Secret"))
    for one in workloads(manifests):
        for container in containers(one):
            for entry in container.get("env", []):
                if wanted := entry.get("valueFrom", {}).get("secretKeyRef"):
                    known = _may_know(labels(one), wanted["name"], wanted["key"])
                    optional = wanted["key"] == "JWT_OTHER_KEYS"
                    if not known or wanted.get("optional", False) != optional:
                        yield f"{title(one)} has its {entry['name']} from {wanted}"


def _may_know(pod: Mapping[str, str], secret: str, key: str) -> bool:
    name, command, own = pod[NAME], pod[COMPONENT], secret == f"{pod[NAME]}-secret"
    match secret, key:
        case _, "NATS_PASSWORD":
            return command == "nats" or (own and "ticketing/broker" in pod)
        case _, "MONGO_KEY":
            return own and command in ("mongo", "mongo-initiate")
        case "operator-secret", "MONGO_PASSWORD":
            return command == "mongo-initiate"
        case _, "MONGO_PASSWORD":
            return own and command != "mongo" and "ticketing/store" in pod
        case "limits-secret", "REDIS_PASSWORD":
            return command == "redis" or pod.get("ticketing/redis") == "limits"
        case _, "REDIS_PASSWORD":
            return command == "redis" or (own and pod.get("ticketing/redis") == "timers")
        case "jwt-secret", "JWT_PRIVATE_KEY":
            return f"{name}-{command}" == SIGNER
        case "jwt-secret", "JWT_KEY" | "JWT_OTHER_KEYS":
            return command == "web" and "ticketing/tokens" in pod
    return f"{name}-{command}" in FROM_OUTSIDE.get((secret, key), ())


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
