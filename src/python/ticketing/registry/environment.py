"""The environment variables of each process in a cluster, and the Secrets that they come from."""

from collections.abc import Iterator

from ticketing.registry.access import OPERATOR, REDIS, published
from ticketing.registry.declarations import Declaration, services, stores
from ticketing.registry.rendered import Json

PORT = 3000
LIMITS, TIMERS = "limits", "timers"
_REDIS = "expiration-redis-srv:6379/0"
_MONGO = (
    "mongodb://$(MONGO_DATABASE):$(MONGO_PASSWORD)@$(MONGO_HOSTS)/$(MONGO_DATABASE)?replicaSet=rs0"
)


def host(service: str, command: str = "web") -> str:
    """The name of the Service in front of a role."""
    return f"{service}-srv" if command == "web" else f"{service}-{command}-srv"


def sources(service: Declaration, command: str) -> Iterator[str]:
    """The ConfigMaps whose variables the process has."""
    role = service.roles[command]
    if role.path:
        yield "web"
    if service.has_store(command):
        yield f"{service.name}-mongo"
    if role.broker:
        yield "bus"


def variables(service: Declaration, command: str) -> Iterator[Json]:
    """The `env` of a process; a variable comes before the values that refer to it."""
    role, own = service.roles[command], f"{service.name}-secret"
    if service.has_key(command):
        yield _secret("JWT_KEY", "jwt-secret")
        yield _secret("JWT_OTHER_KEYS", "jwt-secret", optional=True)
    if service.has_store(command):
        yield _secret("MONGO_PASSWORD", own)
        yield _value("MONGO_URI", _MONGO)
    if role.broker:
        yield _secret("NATS_PASSWORD", own)
        yield _value("NATS_URL", f"nats://{service.name}:$(NATS_PASSWORD)@nats-srv:4222")
        yield {
            "name": "NATS_CLIENT_ID",
            "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}},
        }
    if role.redis:
        prefix = {LIMITS: "LIMITS_"}.get(role.redis, "")
        yield _secret(f"{prefix}REDIS_PASSWORD", _secret_of(role.redis), "REDIS_PASSWORD")
        yield _value(
            f"{prefix}REDIS_URL", f"redis://{role.redis}:$({prefix}REDIS_PASSWORD)@{_REDIS}"
        )
    for called in service.calls:
        yield _value(f"{called.upper()}_URL", f"http://{host(called)}:{PORT}")
    for secret, names in role.secrets.items():
        yield from (_secret(name, secret) for name in names)
    yield from (_value(name, value) for name, value in service.environment.items())


def nats_passwords() -> list[Json]:
    """The broker's variables with the passwords of its users but the operator."""
    return [
        _secret(f"NATS_{name.upper()}", f"{name}-secret", "NATS_PASSWORD") for name in published()
    ]


def redis_passwords() -> list[Json]:
    """The variables of Redis with the passwords of its users but the operator."""
    return [
        _secret(f"REDIS_{user.upper()}", _secret_of(user), "REDIS_PASSWORD")
        for user in REDIS
        if user != OPERATOR
    ]


def secrets() -> dict[str, list[str]]:
    """The Secrets of services and outside consumers, each with its keys."""
    timed = [each.name for each in services().values() if _is_timed(each)]
    keys = {
        "NATS_PASSWORD": [*published()],
        "REDIS_PASSWORD": timed,
        "MONGO_PASSWORD": stores(),
        "MONGO_KEY": stores(),
    }
    owners = sorted({name for names in keys.values() for name in names})
    return {
        f"{owner}-secret": [key for key, names in keys.items() if owner in names]
        for owner in owners
    }


def _is_timed(service: Declaration) -> bool:
    return any(role.redis == TIMERS for role in service.roles.values())


def _secret_of(user: str) -> str:
    """The Secret with a Redis user's password; for `timers` that of the service with them."""
    owners = [name for name, each in services().items() if _is_timed(each)]
    if len(owners) > 1:
        raise ValueError(f"one service is to keep timers, and these do: {owners}")
    return f"{owners[0] if owners and user == TIMERS else user}-secret"


def _secret(variable: str, name: str, key: str = "", *, optional: bool = False) -> Json:
    reference: Json = {"name": name, "key": key or variable}
    if optional:
        reference["optional"] = True
    return {"name": variable, "valueFrom": {"secretKeyRef": reference}}


def _value(variable: str, value: str) -> Json:
    return {"name": variable, "value": value}
