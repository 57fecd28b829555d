"""What tests of every service use to see that a key is carried out once, whatever dies."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.common.runtime.service import Service
from ticketing.common.testing.services import Interrupted, client_of
from ticketing.common.web.idempotency import COLLECTION, REPLAYED

Ask = Callable[[FlaskClient], TestResponse]
Built = Callable[[Any], Service[Any]]


class Killed(BaseException):
    """The process dies here: nothing that it would have done later happens."""


def after_dying_anywhere(
    databases: Callable[[], Any], build: Built, ask: Ask, user_id: str | None = None
) -> Iterator[tuple[Any, TestResponse]]:
    """A process dies before its n-th operation on its database, for every n that there is, and
    after its lease the request is made again: the database then, and the reply.
    """
    for n in range(1, 100):
        database = databases()
        dying = Interrupted(database, n, _die)
        build(database).prepare()
        try:
            ask(client_of(build(dying), user_id))
        except Killed:
            client = client_of(build(database), user_id)
            claimed = database[COLLECTION].find_one()
            if claimed is not None and "answer" not in claimed:
                assert ask(client).status_code == 409, "its lease is not over"
            end_leases(database)
            yield database, ask(client)
        else:
            assert n > 3, "a key is claimed, something made, its answer kept"
            return


def end_leases(database: Any) -> None:
    """Let the time of all that counts as running be over."""
    running = {"leaseUntil": {"$exists": True}}
    long_ago = {"$set": {"leaseUntil": datetime(2026, 1, 1, tzinfo=UTC)}}
    database[COLLECTION].update_many(running, long_ago)


def is_replayed(reply: TestResponse, first: TestResponse) -> bool:
    """Whether this is the first reply once more, to the byte; the first must not say so."""
    assert REPLAYED not in first.headers
    same = (reply.status_code, reply.data) == (first.status_code, first.data)
    return same and reply.headers[REPLAYED] == "true" and reply.mimetype == first.mimetype


def _die() -> None:
    raise Killed


def with_lost_answers(database: Any) -> Any:
    """The database where every first answer to an insert is lost and the driver inserts again."""
    return _Forgetful(database)


class _Forgetful:
    def __init__(self, parent: Any) -> None:
        self._parent = parent

    def __getitem__(self, name: str) -> Any:
        return _Forgetful(self._parent[name])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parent, name)

    def insert_one(self, document: Any) -> Any:
        self._parent.insert_one(dict(document))
        return self._parent.insert_one(document)
