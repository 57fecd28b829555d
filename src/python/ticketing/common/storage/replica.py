"""Copies of other services' aggregates in MongoDB, as their events tell of them."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from ticketing.common.core.errors import NotFound
from ticketing.common.storage.mapping import state_of
from ticketing.common.storage.mongo import Documents, made_at, new_id
from ticketing.common.storage.store import Reader, change_to

PATIENCE = 1.0
"""Seconds to wait for the news of a thing that was just made; usually it takes 0.03."""
WAITING = 4
"""Requests that may wait at once; further ones get their answer without."""
YOUNG = 5.0
"""Seconds for which a thing counts as just made."""
UNKNOWN = "unknownFields"
"""The names of the fields in a document that the version which wrote it does not know."""
_NOTHING: Mapping[str, Any] = {}
_NEVER = datetime.min.replace(tzinfo=UTC)


class Copy(Protocol):
    """What is known of one aggregate."""

    @property
    def id(self) -> str:
        """The aggregate's."""


class Told(Protocol):
    """The state of an aggregate as an event tells it."""

    @property
    def version(self) -> int:
        """The aggregate's."""

    @property
    def unknown(self) -> Mapping[str, Any]:
        """The fields that a newer version tells."""


C = TypeVar("C", bound=Copy)
S = TypeVar("S", bound=Told)


class Replica(Reader[C], Generic[C, S]):
    """Copies of another service's aggregates; only a newer version replaces an older one.

    The collection has the name of the one that it copies.
    """

    def __init__(self, documents: Documents) -> None:
        super().__init__(documents)
        self._seats = threading.Semaphore(WAITING)

    @staticmethod
    def copy(state: S, at: datetime, /) -> C:
        """What is kept of a state that was told of `at` that time."""
        raise NotImplementedError

    def apply(self, state: S, at: datetime = _NEVER) -> None:
        """Keep what an event tells; `at` is for those whose copies have the time of it."""
        self.keep(self.copy(state, at), state.version, state.unknown)

    def wait_for(self, id: str) -> C:
        """The newest copy known, after a moment's patience where the id is so young that its news
        may be on the way: who makes a thing and uses it at once need not know that we replicate.
        """
        if not _is_young(id) or not self._seats.acquire(blocking=False):
            return self.get(id)
        try:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                with suppress(NotFound):
                    return self.get(id)
                time.sleep(0.01)
            return self.get(id)
        finally:
            self._seats.release()

    def keep(self, copy: C, version: int, unknown: Mapping[str, Any] = _NOTHING) -> None:
        """Keep the copy if it is newer than what is held; safe under any order and repetition.

        The `unknown` fields of its state stay beside it as they came, until newer news: a newer
        version of the service, which takes over from this one, will know them. So what a copy has
        in another form than the event (cents, say) needs another name there.
        """
        state = {**unknown, **state_of(copy), "version": version, UNKNOWN: sorted(unknown) or None}
        older = {"_id": copy.id, "version": {"$lt": version}}
        known, newer = {**older, UNKNOWN: {"$exists": False}}, change_to(state)
        try:
            self.documents.update_one(known, newer, upsert=True)
        except DuplicateKeyError:  # it came meanwhile, is newer, or has what is not known here
            self.documents.replace_one(older, newer["$set"])

    @contextmanager
    def rebuilt(self) -> Iterator[None]:
        """All that is applied inside makes a new replica, which takes the place of the old one at
        the end, in one step; where the inside raises, nothing has changed.

        Only this object writes to the new one. What others apply to the old one meanwhile is lost
        with it, and is to be applied again.
        """
        old = self.documents
        new = old.database.create_collection(f"{old.name}-rebuilt-{new_id()}")
        self.documents = new
        try:
            yield
            new.rename(old.name, dropTarget=True)
        except BaseException:
            new.drop()
            raise
        finally:
            self.documents = old


def _is_young(id: str) -> bool:
    """Whether the id says that it was made within the last seconds."""
    if not ObjectId.is_valid(id):
        return False
    return abs(time.time() - made_at(id).timestamp()) < YOUNG
