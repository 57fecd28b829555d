"""What tests of every service use: a clock to turn, a database in memory, a signed-in client,
events to deliver.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import mongomock
import msgspec
from flask.testing import FlaskClient

from ticketing.common.core.event import Event, subject
from ticketing.common.messaging.bus import Done, Message, Verdict
from ticketing.common.messaging.relay import as_message
from ticketing.common.runtime.app import create_app
from ticketing.common.runtime.service import Service
from ticketing.common.storage.store import Store
from ticketing.common.testing.tokens import JWT_KEY, token_of

ENV: Mapping[str, str] = {
    "MONGO_URI": "mongodb://nowhere/test",
    "JWT_KEY": JWT_KEY,
    "STRIPE_KEY": "sk_test_of_the_tests",
    "REDIS_URL": "redis://nowhere:6379/0",
}

UNKNOWN_ID = "5c0a7922c9d89830f4911426"
"""An id of the right form, too old for any patience, that nothing has."""


@dataclass
class TurnedClock:
    """A clock that stands still until a test turns it."""

    now: datetime = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time now."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(seconds=seconds)


def memory_database() -> Any:
    """An empty MongoDB database in this process."""
    return mongomock.MongoClient(tz_aware=True)["test"]


def client_of(service: Service[Any], user_id: str | None = None) -> FlaskClient:
    """A client of the service's HTTP API, signed in as `user_id` if one is given: by a token that
    JWT_KEY of ENV has signed.
    """
    service.prepare()
    app = create_app(service)
    client = app.test_client()
    if user_id is not None:
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_of(user_id)}"
    return client


def take_messages(store: Store[Any]) -> list[Message]:
    """The unpublished events of a store, as the relay would publish them, taken out of it."""
    messages = []
    for document in store.pending(limit=1000):
        messages += [as_message(entry) for entry in document["outbox"]]
        store.clear([document])
    return messages


def take_events(service: Service[Any]) -> list[Any]:
    """The unpublished events of a service as JSON objects, taken out of its outboxes."""
    return [
        msgspec.json.decode(message.body)
        for store in service.stores
        for message in take_messages(store)
    ]


def message_of(event: Event) -> Message:
    """The message in which an event travels, at its first delivery."""
    return Message(
        id=event.id,
        subject=subject(type(event)),
        body=msgspec.json.encode(event),
        correlation_id=event.id,
    )


def deliver(service: Service[Any], event: Event, tries: int = 1) -> Verdict:
    """What the service's worker makes of an event at its so-many-th delivery."""
    return service.router.attempt(replace(message_of(event), tries=tries), service.use_cases)


def deliver_all(service: Service[Any], events: Iterable[Event]) -> None:
    """Deliver events in this order, and again those that are not done, until all are."""
    waiting = list(events)
    for _ in range(20):
        waiting = [event for event in waiting if deliver(service, event) != Done()]
        if not waiting:
            return
    raise AssertionError(f"never done: {waiting}")


class Interrupted:
    """A database before whose n-th operation something else happens: the step of another worker."""

    def __init__(self, database: Any, n: int, step: Callable[[], object]) -> None:
        self._database, self._left, self._step = database, n, step

    def __getitem__(self, name: str) -> Any:
        """The collection of this name."""
        return _InterruptedCollection(self, self._database[name])

    @property
    def happened(self) -> bool:
        """Whether the step was taken."""
        return self._left <= 0

    def operate(self) -> None:
        """Count one operation."""
        self._left -= 1
        if self._left == 0:
            self._step()


class _InterruptedCollection:
    def __init__(self, database: Interrupted, documents: Any) -> None:
        self._database, self._documents = database, documents

    def __getattr__(self, name: str) -> Any:
        if name != "create_indexes":  # which is done before
            self._database.operate()
        return getattr(self._documents, name)
