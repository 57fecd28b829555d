"""Databases for one test each."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from pymongo.database import Database

from ticketing.common.mongo import Document
from ticketing.common.mongo import connect


@contextmanager
def on_server(uri: str) -> Iterator[Database[Document]]:
    """An empty database on the server at this URI, which ends with a slash."""
    database = connect(f"{uri}{uuid4().hex}")
    yield database
    database.client.close()
