"""What a service is made of; each service's `main.build` makes one from its environment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from pymongo.database import Database

from ticketing.common.core.health import Check
from ticketing.common.core.settings import Settings, read
from ticketing.common.identity import revocations
from ticketing.common.identity.published_keys import PublishedKeys
from ticketing.common.identity.revocations import Revocations
from ticketing.common.identity.settings import TokenSettings
from ticketing.common.identity.token_keys import KeySet
from ticketing.common.messaging.bus import EventRouter
from ticketing.common.storage.mongo import Document, Indexes, ensure_indexes, ping
from ticketing.common.storage.replica import Replica
from ticketing.common.storage.store import Store
from ticketing.common.web import idempotency
from ticketing.common.web.routes import Routes
from ticketing.common.web.settings import ServiceSettings

U = TypeVar("U")


@dataclass(frozen=True, kw_only=True)
class Chore:
    """Work that the worker does by the clock: `run` every `every` seconds."""

    run: Callable[[], object]
    every: float


@dataclass(frozen=True, kw_only=True)
class Service(Generic[U]):
    """The parts of one service; the `web` and `worker` commands take from it what they need.

    `indexes` has every index of its database by collection, but those of `_id` and of what common
    keeps there. `tokens` are what its web process alone reads from `env`.
    """

    name: str
    settings: Settings
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    use_cases: U
    database: Database[Document] | None = None
    stores: Sequence[Store[Any]] = ()
    indexes: Indexes = field(default_factory=dict)
    routes: Routes[U] | None = None
    replicas: Sequence[Replica[Any, Any]] = ()
    events: EventRouter[U] = field(default_factory=EventRouter)
    chores: Sequence[Chore] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)
    tokens: type[TokenSettings] = TokenSettings

    @cached_property
    def token_keys(self) -> KeySet:
        """The keys by which this service accepts access tokens; exits where it was given none."""
        return read(self.tokens, self.env).keys()

    @cached_property
    def revocations(self) -> Revocations | None:
        """What this service knows of sessions that ended; None where it knows no users."""
        if self.database is None or not isinstance(self.settings, ServiceSettings):
            return None
        return Revocations(self.database)

    @property
    def router(self) -> EventRouter[U]:
        """What the worker handles: the service's own `events`, and the ends of sessions."""
        if self.revocations is None:
            return self.events
        return self.events.joined(self.revocations.router())

    def ready_checks(self) -> dict[str, Check]:
        """What must be in reach for this service to work, by name."""
        database = self.database
        mongo: dict[str, Check] = {} if database is None else {"mongo": lambda: ping(database)}
        return {**mongo, **self.checks}

    def web_checks(self) -> dict[str, Check]:
        """What a web process needs: the published keys of tokens, too, where it goes by those."""
        keys = self.token_keys
        published = {"keys": keys.check} if isinstance(keys, PublishedKeys) else {}
        return {**self.ready_checks(), **published}

    def prepare(self) -> None:
        """Make the indexes that are missing; the database must be in reach."""
        if self.database is not None:
            ensure_indexes(
                self.database, {**self.indexes, **idempotency.INDEXES, **revocations.INDEXES}
            )

    def close(self) -> None:
        """Let go of the database's connections."""
        if self.database is not None:
            self.database.client.close()
