"""Users as documents."""

import pymongo

from ticketing.auth.model import User
from ticketing.common import keys
from ticketing.common.mongo import OUTBOX_INDEX
from ticketing.common.mongo import Indexes
from ticketing.common.mongo import Store

INDEXES: Indexes = {
    "users": [
        OUTBOX_INDEX,
        pymongo.IndexModel("email", unique=True),
    ],
    keys.COLLECTION: [keys.INDEX],
}


class UserRepository:
    """The users, one per e-mail address."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def with_email(self, email: str) -> User | None:
        found = self._store.find_one({"email": email})
        if found is None:
            return None
        return User(
            id=found["_id"],
            version=found["version"],
            email=found["email"],
            password_hash=found["passwordHash"],
        )

    def save(self, user: User) -> None:
        """Raises Duplicate if the e-mail address is taken."""
        self._store.save(user, {"email": user.email, "passwordHash": user.password_hash})
