"""What tests of every service use: a clock to turn, a database in memory, a signed-in client."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import mongomock
from flask.testing import FlaskClient
from flask_jwt_extended import create_access_token

from ticketing.common.bus import Message
from ticketing.common.mongo import Document
from ticketing.common.mongo import Store
from ticketing.common.service import Service
from ticketing.common.web import create_app

ENV: Mapping[str, str] = {
    "MONGO_URI": "mongodb://nowhere/test",
    "JWT_KEY": "a key that only tests use, thirty-two bytes or more",
    "STRIPE_KEY": "sk_test_of_the_tests",
    "REDIS_URL": "redis://nowhere:6379/0",
}


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
    """A client of the service's HTTP API, signed in as `user_id` if one is given."""
    service.prepare()
    app = create_app(service)
    client = app.test_client()
    if user_id is not None:
        with app.app_context():
            email = {"email": f"{user_id}@example.com"}
            token = create_access_token(user_id, additional_claims=email)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def take_messages(store: Store) -> list[Message]:
    """The unpublished events of a store, as the relay would publish them, taken out of it."""
    messages = []
    for document in store.pending(limit=1000):
        messages += [as_message(letter) for letter in document["outbox"]]
        store.clear(document["_id"], [letter["id"] for letter in document["outbox"]])
    return messages


def as_message(letter: Document) -> Message:
    """A letter in an outbox as the message that it becomes."""
    return Message(
        id=letter["id"],
        subject=letter["subject"],
        body=letter["body"].encode(),
        correlation_id=letter["correlationId"],
    )
