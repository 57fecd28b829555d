"""A shop that answers over HTTP as a test tells it, and remembers what it was asked."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

Reply = Callable[[], Response]


def says(status: int, body: str = "{}", headers: Mapping[str, str] | None = None) -> Reply:
    return lambda: Response(body, status, headers, mimetype="application/json")


def dawdles(seconds: float) -> Reply:
    def reply() -> Response:
        time.sleep(seconds)
        return Response("{}", 201)

    return reply


@dataclass
class Asked:
    method: str
    path: str
    key: str | None
    body: bytes


@dataclass
class Shop:
    """Gives the `replies` one after the other; the last one again and again."""

    replies: list[Reply]
    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        app = Request.application(self._answer)
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def keys(self) -> list[str | None]:
        return [each.key for each in self.asked]

    def _answer(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key")
        with self.lock:
            self.asked.append(Asked(request.method, request.path, key, request.get_data()))
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply()
