"""Users and their sessions as documents."""

import pymongo

from ticketing.auth.model import Session
from ticketing.auth.model import User
from ticketing.common import keys
from ticketing.common.mongo import OUTBOX_INDEX
from ticketing.common.mongo import Document
from ticketing.common.mongo import Indexes
from ticketing.common.mongo import Store

INDEXES: Indexes = {
    "users": [
        OUTBOX_INDEX,
        pymongo.IndexModel("email", unique=True),
    ],
    "sessions": [
        OUTBOX_INDEX,
        pymongo.IndexModel("expiresAt", expireAfterSeconds=0),
    ],
    keys.COLLECTION: [keys.INDEX],
}


class UserRepository:
    """The users, one per e-mail address."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, id: str) -> User:
        """Raises NotFound."""
        return _user(self._store.get(id))

    def with_email(self, email: str) -> User | None:
        found = self._store.find_one({"email": email})
        return None if found is None else _user(found)

    def save(self, user: User) -> None:
        """Raises Duplicate if the e-mail address is taken."""
        state = {"email": user.email, "passwordHash": user.password_hash, "epoch": user.epoch}
        self._store.save(user, state)


class SessionRepository:
    """The sessions; the database drops those that are over."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, id: str) -> Session | None:
        found = self._store.find_one({"_id": id})
        return None if found is None else _session(found)

    def save(self, session: Session) -> None:
        """Of refresh tokens only fingerprints are kept: what is stolen here opens nothing."""
        state = {
            "userId": session.user_id,
            "epoch": session.epoch,
            "family": session.family,
            "csrf": session.csrf,
            "startedAt": session.started_at,
            "expiresAt": session.expires_at,
            "current": session.current,
            "previous": session.previous,
            "ended": session.ended,
        }
        self._store.save(session, state)


def _user(found: Document) -> User:
    return User(
        id=found["_id"],
        version=found["version"],
        email=found["email"],
        password_hash=found["passwordHash"],
        epoch=found.get("epoch", 0),
    )


def _session(found: Document) -> Session:
    return Session(
        id=found["_id"],
        version=found["version"],
        user_id=found["userId"],
        epoch=found["epoch"],
        family=found["family"],
        csrf=found["csrf"],
        started_at=found["startedAt"],
        expires_at=found["expiresAt"],
        current=found["current"],
        previous=found.get("previous"),
        ended=found["ended"],
    )
