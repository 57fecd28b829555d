"""Databases for one test each."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from pymongo.database import Database
from secantus import SecantusDBServer

from ticketing.common.storage.mongo import Document, connect
from ticketing.common.testing.servers import free_port


@contextmanager
def on_server(uri: str) -> Iterator[Database[Document]]:
    """An empty database on the server at this URI, which ends with a slash."""
    database = connect(f"{uri}{uuid4().hex}")
    yield database
    database.client.close()


class OwnMongo:
    """A database server that one test starts and stops; it forgets all when it stops."""

    def __init__(self) -> None:
        self.port = free_port()
        self.uri = f"mongodb://127.0.0.1:{self.port}/sample"
        self._server: SecantusDBServer | None = None

    def start(self) -> None:
        self._server = SecantusDBServer(port=self.port, storage_path=":memory:")
        self._server.start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
