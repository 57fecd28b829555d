"""What was signed out while its tokens were still good.

The worker of each service writes what auth tells into the service's own database, and its web
processes hold it in memory: looking there costs a check of a token nothing worth a name.
"""

from datetime import timedelta
from typing import Any

import pymongo
from pymongo.database import Database

from ticketing.common.core.clock import Clock, utc_now
from ticketing.common.core.events import SessionEnded, UserSignedOut
from ticketing.common.identity.tokens import LONGEST, Claims
from ticketing.common.messaging.bus import EventRouter
from ticketing.common.storage.mongo import Document, Indexes

COLLECTION = "revocations"
OVERLAP = timedelta(minutes=1)
"""How far the clocks of a service's workers may be apart."""
KEPT = LONGEST + OVERLAP
INDEXES: Indexes = {
    COLLECTION: [pymongo.IndexModel("heardAt", expireAfterSeconds=int(KEPT.total_seconds()))]
}
_ALL_EPOCHS = 2**31 - 1


class Revocations:
    """`{_id: a session's or a user's, below: an epoch, heardAt}`: its tokens of lower epochs are
    good no more.
    """

    def __init__(self, database: Database[Document], clock: Clock = utc_now) -> None:
        self._documents, self._clock = database[COLLECTION], clock
        self._newest = clock() - KEPT
        self._heard: dict[str, Document] = {}

    def end_session(self, event: SessionEnded) -> None:
        """Write down that the session is over, in all its epochs."""
        self._revoke(event.session.id, _ALL_EPOCHS, event)

    def sign_out(self, event: UserSignedOut) -> None:
        """Write down from which epoch on the user's tokens are good."""
        self._revoke(event.user.id, event.user.epoch, event)

    def read(self) -> None:
        """Take into memory what was heard since the last time; raises errors of the database."""
        now = self._clock()
        since = min(self._newest, now) - OVERLAP
        for found in self._documents.find({"heardAt": {"$gte": since}}):
            self._heard[found["_id"]] = found
            self._newest = max(self._newest, found["heardAt"])
        over = [id for id, known in self._heard.items() if known["heardAt"] < now - KEPT]
        for id in over:
            del self._heard[id]

    def is_revoked(self, claims: Claims) -> bool:
        """Whether the token's session has ended, or its user signed out everywhere, since."""
        epoch = claims["epoch"]
        return self._is_below(claims["sid"], epoch) or self._is_below(claims["sub"], epoch)

    def router(self) -> EventRouter[Any]:
        """The handlers that the worker of every service has that verifies tokens."""
        events = EventRouter[Any]()
        events.on(SessionEnded)(lambda event, _: self.end_session(event))
        events.on(UserSignedOut)(lambda event, _: self.sign_out(event))
        return events

    def _is_below(self, id: str, epoch: int) -> bool:
        known = self._heard.get(id)
        return known is not None and epoch < known["below"]

    def _revoke(self, id: str, below: int, event: SessionEnded | UserSignedOut) -> None:
        now = self._clock()
        if event.occurred_at + KEPT < now:
            return  # its tokens are over; a new consumer hears of years of them
        change = {"$max": {"below": below}, "$set": {"heardAt": now}}
        self._documents.update_one({"_id": id}, change, upsert=True)
