"""The declarations: what a service says of itself in its `service.toml`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

TICKETING = Path(__file__).parent.parent
FILE = "service.toml"
CONSUMERS = "consumers.toml"
RESERVED = ("jwt", "limits", "nats", "operator", "stripe")
"""Owners of Secrets, and users, that are no service."""

T = TypeVar("T")

Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9]*$")]
"""One that is right everywhere: as a folder, a user, a database, and in Kubernetes."""
Memory = Annotated[str, Meta(pattern="^[1-9][0-9]*(Mi|Gi)$")]
Subject = Annotated[str, Meta(pattern=r"^[a-z-]+\.([a-z-]+|\*)$")]
Variable = Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_]*$")]
UrlPath = Annotated[str, Meta(pattern=r"^(/|(/[a-z0-9-]+)*)$")]


class _Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a declaration; a name that it does not know is an error."""


class Role(_Declared, frozen=True, kw_only=True):
    """One process of a service, by the command of that name."""

    memory: tuple[Memory, Memory]
    """In a cluster: what it asks for, and what it may have."""
    path: UrlPath = ""
    """Where the gateway finds it; empty where it answers nobody from outside."""
    broker: bool = False
    """Whether it talks to the broker, as its service."""
    redis: Literal["", "timers", "limits"] = ""
    """The user as which it talks to Redis; empty where it does not."""
    secrets: Mapping[str, tuple[Variable, ...]] = {}
    """Variables that it gets besides, by the Secret of a cluster that holds them."""
    pods: tuple[int, int] = (2, 8)
    """In production: how many at least, and at most where their number follows the load."""
    cpu: str = "500m"
    """The average load of a pod above which there are to be more, where it answers HTTP."""
    single: bool = False
    """Whether there must never be two at once."""


class Declaration(_Declared, frozen=True, kw_only=True):
    """What one service is; `name` is its folder's."""

    name: Name = ""
    summary: Annotated[str, Meta(min_length=1)]
    roles: Annotated[Mapping[Name, Role], Meta(min_length=1)]
    store: bool = False
    """Whether `web` and `worker` have a database of their own, named as the service."""
    tokens: Literal["", "signs", "checks"] = ""
    """Whether `web` signs access tokens, or checks them."""
    publishes: tuple[Subject, ...] = ()
    """The subjects of its own events; `*` stands for any event of that kind."""
    calls: tuple[Name, ...] = ()
    """The services that it asks over HTTP."""
    internet: bool = False
    """Whether it calls what is outside of the cluster, by HTTPS."""
    environment: Mapping[Variable, str] = {}
    """Settings that are not their defaults, for all of its processes."""

    def has_store(self, role: str) -> bool:
        """Whether this process gets the service's database."""
        return self.store and role in ("web", "worker")

    def has_key(self, role: str) -> bool:
        """Whether this process gets a key of access tokens: those that answer users."""
        return bool(self.tokens) and role == "web"

    @property
    def has_broker(self) -> bool:
        """Whether the broker knows a user of this name."""
        return any(role.broker for role in self.roles.values())

    @property
    def upstreams(self) -> dict[str, str]:
        """Path at the gateway -> role that answers there."""
        return {role.path: name for name, role in self.roles.items() if role.path}


class Consumer(_Declared, frozen=True, kw_only=True):
    """Somebody outside this repository who handles events."""

    hears: Annotated[tuple[Subject, ...], Meta(min_length=1)]


@cache
def services() -> Mapping[str, Declaration]:
    """Every service by its name, in alphabetical order; raises ValueError, which names the file."""
    read = {each.name: each for each in _read_all()}
    if wrong := [*_contradictions(read)]:
        raise ValueError("; ".join(wrong))
    return read


@cache
def consumers() -> Mapping[str, Consumer]:
    """Those who listen from outside, by name; raises ValueError where that is somebody else's."""
    read = _decode(TICKETING / CONSUMERS, dict[Name, Consumer])
    if taken := sorted(read.keys() & {*services(), *RESERVED}):
        raise ValueError(f"{CONSUMERS}: {', '.join(taken)} is the name of another")
    return read


def stores() -> list[str]:
    """The services that have a database."""
    return [name for name, each in services().items() if each.store]


def publisher(subject: str) -> str | None:
    """The service whose events have this subject; None where no declaration says that."""
    named = (
        name
        for name, each in services().items()
        if any(fnmatchcase(subject, pattern) for pattern in each.publishes)
    )
    return next(named, None)


def _read_all() -> Iterator[Declaration]:
    for file in sorted(TICKETING.glob(f"*/{FILE}")):
        yield _decode(file, Declaration, name=file.parent.name)


def _contradictions(read: Mapping[str, Declaration]) -> Iterator[str]:
    """What no declaration alone can get wrong. (No declaration at all: the files are not here.)"""
    if not read:
        yield f"no {FILE} in {TICKETING}"
    paths = Counter(role.path for each in read.values() for role in each.roles.values())
    yield from (
        f"two processes are to answer at {path}" for path in paths if path and paths[path] > 1
    )
    for name, each in read.items():
        if name in RESERVED:
            yield f"{name}/{FILE}: the name is reserved"
        for called in each.calls:
            if called not in read or "web" not in read[called].roles:
                yield f"{name}/{FILE}: calls {called}, which has no web process"


def _decode(file: Path, kind: type[T], **more: str) -> T:
    try:
        return msgspec.convert({**msgspec.toml.decode(file.read_bytes()), **more}, kind)
    except msgspec.DecodeError as error:
        raise ValueError(f"{file.parent.name}/{file.name}: {error}") from None
