"""The keys by which a service accepts tokens: those it was given, or those that auth publishes."""

import threading
import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Protocol

import httpx
import msgspec

from ticketing.common.logs import logger
from ticketing.common.signing import Key
from ticketing.common.signing import from_jwk

log = logger(__name__)

KEPT = 300.0
"""Seconds after which fetched keys are asked for again."""
PAUSE = 10.0
"""Seconds between two tries at least, however many tokens of unknown keys come; one second while
there are none yet.
"""
TIMEOUT = 2.0


class KeyRing(Protocol):
    """Keys by their ids."""

    def find(self, id: str) -> Key | None:
        """The key, if tokens that it signed are good now."""

    def refresh(self) -> None:
        """Ask for the keys again, if it is time; raises nothing."""

    def check(self) -> None:
        """Raise while there are no keys."""


class FixedKeys:
    """The keys that the process was started with."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = {key.id: key for key in keys}

    def find(self, id: str) -> Key | None:
        """The key of this id."""
        return self.keys.get(id)

    def refresh(self) -> None:
        """They stay as they are."""

    def check(self) -> None:
        """They are there."""


class FetchedKeys:
    """The keys that auth publishes under `url` (a JWK set), kept while auth is away."""

    def __init__(self, url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._url, self._now = url, now
        self._keys: Mapping[str, Key] = {}
        self._tried = self._fetched = float("-inf")
        self._lock = threading.Lock()

    def find(self, id: str) -> Key | None:
        """The key of this id; one that is not known may be new, so it is asked for."""
        if id not in self._keys:
            self._fetch(wanted=id)
        return self._keys.get(id)

    def refresh(self) -> None:
        """Fetch them if they are older than `KEPT`, or there are none."""
        if self._now() - self._fetched >= KEPT:
            self._fetch()

    def check(self) -> None:
        """Raise while they were never fetched; tries."""
        self.refresh()
        if not self._keys:
            raise LookupError(f"no keys from {self._url} yet")

    def _fetch(self, wanted: str = "") -> None:
        """Waits where another thread fetches already."""
        with self._lock:
            now, pause = self._now(), PAUSE if self._keys else 1.0
            if wanted in self._keys or now - self._tried < pause:
                return
            self._tried = now
            try:
                self._keys = _read(self._url)
                self._fetched = now
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                log.warning("cannot fetch the keys of tokens", url=self._url, reason=repr(error))


class _Jwk(msgspec.Struct):
    kty: str
    crv: str = ""
    x: str = ""


class _Set(msgspec.Struct):
    keys: list[_Jwk]


def _read(url: str) -> Mapping[str, Key]:
    """Those of our kind; raises ValueError too where there are none: the old ones are better."""
    with httpx.Client(timeout=TIMEOUT, trust_env=False) as http:
        reply = http.get(url).raise_for_status().content
    found = msgspec.json.decode(reply, type=_Set).keys
    keys = [from_jwk(each.x) for each in found if (each.kty, each.crv) == ("OKP", "Ed25519")]
    if not keys:
        raise ValueError("no Ed25519 keys there")
    return {key.id: key for key in keys}
