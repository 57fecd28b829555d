"""The public keys of access tokens, fetched from where auth publishes them."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import msgspec
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

from ticketing.common.core.logs import logger
from ticketing.common.identity.token_keys import EDDSA

log = logger(__name__)

KEPT = 300.0
"""Seconds after which the keys are fetched again."""
PAUSE = 10.0
"""Seconds between two tries at least, however many tokens of unknown keys come; one second while
there are no keys yet.
"""
TIMEOUT = 2.0


class PublishedKeys:
    """The keys under `url` (a JWK set), kept while it cannot be read.

    PyJWT's own client fetches anew for every unknown key: anybody could keep auth busy with that.
    """

    algorithm = EDDSA

    def __init__(self, url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._url, self._now = url, now
        self._keys: Mapping[str, PyJWK] = {}
        self._tried = self._fetched = float("-inf")
        self._lock = threading.Lock()

    def find(self, id: str) -> PyJWK | None:
        """The key of this id; one that is not known may be new, so it is asked for."""
        if id not in self._keys:
            self._fetch(wanted=id)
        return self._keys.get(id)

    def refresh(self) -> None:
        """Fetch the keys if they are older than `KEPT`, or there are none."""
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
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, PyJWTError) as error:
                log.warning("cannot fetch the keys of tokens", url=self._url, reason=repr(error))


def _read(url: str) -> Mapping[str, PyJWK]:
    """The Ed25519 keys by their ids; raises where there are none: the old ones are better."""
    with httpx.Client(timeout=TIMEOUT, trust_env=False) as http:
        reply = http.get(url).raise_for_status().content
    found = PyJWKSet.from_dict(msgspec.json.decode(reply, type=dict[str, Any]))
    keys = {str(key.key_id): key for key in found if key.algorithm_name == EDDSA}
    if not keys:
        raise ValueError("no Ed25519 keys there")
    return keys
