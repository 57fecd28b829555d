"""What the services say of the things that visitors look at: one look for all of its viewers."""

import threading
import time
from typing import Final, Literal
from weakref import WeakValueDictionary

import httpx
import msgspec

FRESH = 0.25
"""Seconds for which what one viewer saw serves the other viewers of the same thing."""
PATIENCE = 2.0
"""Seconds to wait for a service; then its silence tells nothing."""
CONNECTIONS = 32
"""Connections to all services, and so requests in progress: the other viewers wait their turn."""

GONE: Final = "gone"
"""The visitor cannot see it: it does not exist, or belongs to somebody else."""

Seen = int | Literal["gone"] | None
"""A version, GONE, or None before the first answer."""


class _Versioned(msgspec.Struct):
    version: int


class Look:
    """One thing, at `url`, as the owner of `session` sees it."""

    def __init__(self, transport: httpx.BaseTransport, url: str, session: str | None) -> None:
        self._transport = transport
        self._request = httpx.Request(
            "GET",
            url,
            headers={"Cookie": f"session={session}"} if session else {},
            extensions={"timeout": httpx.Timeout(PATIENCE).as_dict()},
        )
        self._looking = threading.Lock()
        self._seen: Seen = None
        self._due = 0.0

    def now(self) -> Seen:
        """What was seen last; looks again if that is old. Who comes meanwhile waits for it."""
        with self._looking:
            if time.monotonic() >= self._due:
                self._seen = self._ask()
                self._due = time.monotonic() + FRESH
            return self._seen

    def _ask(self) -> Seen:
        # Straight to the transport: half the work of a client, and no answer's cookie is kept.
        try:
            answer = self._transport.handle_request(self._request)
            try:
                content = answer.read()
            finally:
                answer.close()
            if answer.status_code in (401, 404):
                return GONE
            # An answer of another kind has no version.
            return msgspec.json.decode(content, type=_Versioned).version
        except (httpx.HTTPError, msgspec.DecodeError):
            return self._seen


class Looks:
    """The looks at things that somebody views now; the last viewer takes the look away."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self._transport = transport or httpx.HTTPTransport(limits=limits, trust_env=False)
        self._looks: WeakValueDictionary[tuple[str, str | None], Look] = WeakValueDictionary()
        self._lock = threading.Lock()

    def at(self, url: str, session: str | None = None) -> Look:
        """The look that all viewers of `url` with this session share."""
        with self._lock:
            look = self._looks.get((url, session))
            if look is None:
                look = self._looks[url, session] = Look(self._transport, url, session)
            return look
