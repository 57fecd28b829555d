"""Who asks: a seller, a buyer, and somebody whose sessions may be ended."""

import threading
import time
import uuid

import requests

PASSWORD = "a phrase that nobody else has"
FRESH = 5.0
"""Seconds for which a session is used: one that was ended must not be missed for long."""
PATIENCE = 60.0


class Person:
    """Has an account, or makes another where the old one cannot be entered any more: addresses and
    passwords are changed here like all else.
    """

    def __init__(self, url: str) -> None:
        self._url, self._email = f"{url}/api/users", ""
        self._lock, self._token, self._since = threading.Lock(), "", 0.0

    def token(self) -> str:
        """One that is valid, unless it was ended just now."""
        with self._lock:
            if not self._token or time.monotonic() - self._since > FRESH:
                self._token, self._since = self._sign_in() or self._sign_up(), time.monotonic()
            return self._token

    def _sign_in(self) -> str | None:
        return self._enter("signin") if self._email else None

    def _sign_up(self) -> str:
        self._email = f"{uuid.uuid4().hex}@example.com"
        token = self._enter("signup")
        assert token is not None, "nobody can sign up"
        return token

    def _enter(self, way: str) -> str | None:
        body = {"email": self._email, "password": PASSWORD}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{self._url}/{way}", json=body, timeout=PATIENCE)
            return answer.cookies.get("session")


class People:
    """Who does what at this platform."""

    def __init__(self, url: str) -> None:
        self._seller, self._buyer, self._other = Person(url), Person(url), Person(url)

    def token_for(self, path: str) -> str:
        """Of whoever has business there."""
        if path.startswith("/api/users"):
            return self._other.token()
        return (self._seller if path.startswith("/api/tickets") else self._buyer).token()
