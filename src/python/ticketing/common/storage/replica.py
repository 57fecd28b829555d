"""Copies of other services' aggregates in MongoDB, as their events tell of them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, TypeVar

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from ticketing.common.core.errors import NotFound
from ticketing.common.storage.mapping import state_of
from ticketing.common.storage.mongo import Documents, Reader, change_to, made_at, new_id

PATIENCE = 1.0
"""Seconds to wait for the news of a thing that was just made; usually it takes 0.03."""
WAITING = 4
"""Requests that may wait at once; further ones get their answer without."""
YOUNG = 5.0
"""Seconds for which a thing counts as just made."""


class Copy(Protocol):
    """What is known of one aggregate."""

    @property
    def id(self) -> str:
        """The aggregate's."""


C = TypeVar("C", bound=Copy)


class Replica(Reader[C]):
    """Copies of another service's aggregates; only a newer version replaces an older one."""

    def __init__(self, documents: Documents) -> None:
        super().__init__(documents)
        self._seats = threading.Semaphore(WAITING)

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

    def keep(self, copy: C, version: int) -> None:
        """Keep the copy if it is newer than what is held; safe under any order and repetition."""
        older = {"_id": copy.id, "version": {"$lt": version}}
        newer = change_to({**state_of(copy), "version": version})
        try:
            self.documents.update_one(older, newer, upsert=True)
        except DuplicateKeyError:  # something is held, which came meanwhile or is newer
            self.documents.update_one(older, newer)

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
