"""A way to a database server on which an answer can get lost after the thing was done."""

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from typing import Any


class LossyProxy(socketserver.ThreadingTCPServer):
    """Passes MongoDB's messages on; a lost answer takes its connection along."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.server_port, self.losing, self.lost = port, b"", 0

    def lose_answer_to(self, command: str, collection: str) -> None:
        """Carry out the next such command, but keep its answer back."""
        name = collection.encode() + b"\x00"
        self.losing = command.encode() + b"\x00" + struct.pack("<i", len(name)) + name

    def is_lost(self, message: bytes) -> bool:
        """Whether this is the one; it is so once."""
        if not self.losing or self.losing not in message:
            return False
        self.losing, self.lost = b"", self.lost + 1
        return True


class _Connection(socketserver.BaseRequestHandler):
    server: LossyProxy

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.server_port)) as database:
            while message := _read(self.request):
                database.sendall(message)
                answer = _read(database)
                if self.server.is_lost(message):
                    return
                self.request.sendall(answer)


def _read(connection: socket.socket) -> bytes:
    """The next whole message; nothing where the connection has ended."""
    with contextlib.suppress(OSError):
        head = _exactly(connection, 4)
        return head + _exactly(connection, struct.unpack("<i", head)[0] - 4)
    return b""


def _exactly(connection: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        some = connection.recv(count - len(found))
        if not some:
            raise ConnectionError
        found += some
    return found


@contextlib.contextmanager
def lossy(uri: str, name: str) -> Iterator[tuple[LossyProxy, str]]:
    """A proxy before the server at this URI, and the URI of a database of this name behind it."""
    port = int(uri.rstrip("/").rpartition(":")[2])
    with LossyProxy(port) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        where: Any = proxy.server_address
        options = "directConnection=true&serverMonitoringMode=poll"
        yield proxy, f"mongodb://127.0.0.1:{where[1]}/{name}?{options}"
        proxy.shutdown()
