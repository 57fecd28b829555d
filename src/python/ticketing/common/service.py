"""What a service is made of; each service's `main.build` makes one from its environment."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Generic
from typing import TypeVar

from flask import Blueprint
from pymongo.database import Database

from ticketing.common import revocations
from ticketing.common.bus import EventRouter
from ticketing.common.health import Check
from ticketing.common.mongo import Document
from ticketing.common.mongo import Indexes
from ticketing.common.mongo import Store
from ticketing.common.mongo import ensure_indexes
from ticketing.common.mongo import ping
from ticketing.common.replica import Replica
from ticketing.common.settings import ServiceSettings
from ticketing.common.settings import Settings
from ticketing.common.tokens import Signer

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
    keeps there. `signer` is for the one who signs by more than JWT_KEY.
    """

    name: str
    settings: Settings
    use_cases: U
    database: Database[Document] | None = None
    stores: Sequence[Store[Any]] = ()
    indexes: Indexes = field(default_factory=dict)
    routes: Blueprint | None = None
    replicas: Sequence[Replica[Any]] = ()
    events: EventRouter[U] | None = None
    projections: EventRouter[U] | None = None
    chores: Sequence[Chore] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)
    signer: Signer | None = None

    @property
    def hears(self) -> EventRouter[U] | None:
        """What the worker handles: the service's own events, and the ends of sessions."""
        if self.database is None or not isinstance(self.settings, ServiceSettings):
            return self.events
        ends = revocations.router(revocations.Revocations(self.database))
        return ends if self.events is None else self.events.joined(ends)

    def ready_checks(self) -> dict[str, Check]:
        """What must be in reach for this service to work, by name."""
        database = self.database
        mongo: dict[str, Check] = {} if database is None else {"mongo": lambda: ping(database)}
        return {**mongo, **self.checks}

    def prepare(self) -> None:
        """Make the indexes that are missing; the database must be in reach."""
        if self.database is not None:
            ensure_indexes(self.database, {**self.indexes, **revocations.INDEXES})

    def close(self) -> None:
        """Let go of the database's connections."""
        if self.database is not None:
            self.database.client.close()
