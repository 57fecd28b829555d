"""Users and their sessions as documents."""

import pymongo

from ticketing.auth.model import Session, User
from ticketing.common.storage.mongo import Indexes
from ticketing.common.storage.store import OUTBOX_INDEX, Store

INDEXES: Indexes = {
    "users": [
        OUTBOX_INDEX,
        pymongo.IndexModel("email", unique=True),
    ],
    "sessions": [
        OUTBOX_INDEX,
        pymongo.IndexModel("expiresAt", expireAfterSeconds=0),
    ],
}


class UserRepository(Store[User]):
    """The users, one per e-mail address: to save another is Duplicate."""

    model = User

    def with_email(self, email: str) -> User | None:
        return self.find_one({"email": email})


class SessionRepository(Store[Session]):
    """The sessions; the database drops those that are over.

    Of refresh tokens only fingerprints are kept: what is stolen here opens nothing.
    """

    model = Session
