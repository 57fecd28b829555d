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
from ticketing.registry import access
from ticketing.registry.declarations import stores

CALLS_BROKER = ("worker", "rq")
LIMITED = ("auth", "orders", "payments")
Source = tuple[str, str]
"""A Secret and the key in it."""


def told(manifests: Manifests) -> Iterator[str]:
    """A secret comes from outside, and to those whose it is. Only older keys need not be there.
    (Without STRIPE_PUBLISHABLE_KEY the client would run, and nobody could pay.)
    """
    yield from (f"{title(one)} is in git" for one in of_kind(manifests, "Secret"))
    for one in workloads(manifests):
        known = dict(_known_to(labels(one)[NAME], labels(one)[COMPONENT]))
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


def _known_to(name: str, component: str) -> Iterator[tuple[str, Source]]:
    """The variables that this pod may have, and where they come from."""
    match name, component:
        case "nats", _:
            for user in (*access.published(), access.OPERATOR):
                yield f"NATS_{user.upper()}", (f"{user}-secret", "NATS_PASSWORD")
            yield "NATS_CLUSTER", ("nats-secret", "NATS_PASSWORD")
        case _, "redis":
            for user in access.REDIS:
                secret = "expiration-secret" if user == "timers" else f"{user}-secret"
                yield f"REDIS_{user.upper()}", (secret, "REDIS_PASSWORD")
        case _, "mongo":
            yield "MONGO_KEY", (f"{name}-secret", "MONGO_KEY")
        case _, "mongo-initiate":
            yield "MONGO_KEY", (f"{name}-secret", "MONGO_KEY")
            yield "MONGO_PASSWORD", (f"{name}-secret", "MONGO_PASSWORD")
            yield "MONGO_OPERATOR_PASSWORD", ("operator-secret", "MONGO_PASSWORD")
        case _:
            yield from _known_to_ours(name, component)


def _known_to_ours(name: str, component: str) -> Iterator[tuple[str, Source]]:
    if name in stores():
        yield "MONGO_PASSWORD", (f"{name}-secret", "MONGO_PASSWORD")
        for key in ("JWT_KEY", "JWT_OTHER_KEYS", *(["JWT_PRIVATE_KEY"] if name == "auth" else [])):
            yield key, ("jwt-secret", key)
    if component in CALLS_BROKER:
        yield "NATS_PASSWORD", (f"{name}-secret", "NATS_PASSWORD")
    if name in LIMITED and component == "web":
        yield "LIMITS_REDIS_PASSWORD", ("limits-secret", "REDIS_PASSWORD")
    if name == "expiration":
        yield "REDIS_PASSWORD", ("expiration-secret", "REDIS_PASSWORD")
    for key, owner in {
        "STRIPE_KEY": [("payments", "web"), ("payments", "worker")],
        "STRIPE_WEBHOOK_SECRET": [("payments", "web")],
        "STRIPE_PUBLISHABLE_KEY": [("client", "web")],
    }.items():
        if (name, component) in owner:
            yield key, ("stripe-secret", key)


def logins(manifests: Manifests) -> Iterator[str]:
    """Whoever calls the broker or Redis does it as its own user."""
    for one in workloads(manifests):
        name = labels(one)[NAME]
        redis = "expiration-redis-srv:6379/0"
        wanted = {
            "NATS_URL": f"nats://{name}:$(NATS_PASSWORD)@nats-srv:4222",
            "REDIS_URL": f"redis://timers:$(REDIS_PASSWORD)@{redis}",
            "LIMITS_REDIS_URL": f"redis://limits:$(LIMITS_REDIS_PASSWORD)@{redis}",
        }
        for container in containers(one):
            for variable, value in variables(manifests, container):
                if value != wanted.get(variable, value):
                    yield f"{title(one)} has the {variable} {value}"


def limited(manifests: Manifests) -> Iterator[str]:
    """Those who are to hold visitors to limits know where these are counted."""
    for one in workloads(manifests):
        if labels(one)[NAME] in LIMITED and labels(one)[COMPONENT] == "web":
            given = dict(variables(manifests, containers(one)[0]))
            if "LIMITS_REDIS_URL" not in given:
                yield f"{title(one)} knows no limits"


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


RULES = (told, logins, limited, references)
