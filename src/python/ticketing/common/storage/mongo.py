"""Databases of MongoDB: how they are reached, the ids of documents, and the indexes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pymongo
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import PyMongoError

Document = dict[str, Any]
Documents = Collection[Document]
Indexes = Mapping[str, Sequence[pymongo.IndexModel]]
"""The indexes of a database by collection; that of `_id` is always there."""


def new_id() -> str:
    """A new 24-hex id; ids made later sort later, to the second."""
    return str(ObjectId())


def made_at(id: str) -> datetime:
    """When an id from `new_id` was made, to the second."""
    return ObjectId(id).generation_time


def connect(uri: str) -> Database[Document]:
    """The database that the URI's path names; connects at the first operation, not here.

    A write is done once a majority has it in its journal, and is sent again if no answer came. Only
    such writes are read: nobody acts on, or tells others, what a fail-over may take back.
    Exits with one line where the URI is wrong.
    """
    try:
        client: pymongo.MongoClient[Document] = pymongo.MongoClient(
            uri,
            tz_aware=True,
            w="majority",
            journal=True,
            retryWrites=True,
            readConcernLevel="majority",
            serverSelectionTimeoutMS=5000,
        )
        return client.get_default_database()
    except (PyMongoError, ValueError):  # whose text may hold the password
        raise SystemExit("wrong in the environment: MONGO_URI, with a database name") from None


def ping(database: Database[Document]) -> None:
    """Raise unless the server answers within two seconds."""
    with pymongo.timeout(2):
        database.command("ping")


def ensure_indexes(database: Database[Document], indexes: Indexes) -> None:
    """Make those that are missing; must be done once before the first write."""
    for name, models in indexes.items():
        if models:
            database[name].create_indexes(models)
