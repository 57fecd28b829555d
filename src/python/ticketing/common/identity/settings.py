"""What a process reads that knows users by their tokens: the web process of a service, alone."""

from typing import ClassVar

from ticketing.common.core.settings import Settings
from ticketing.common.identity.published_keys import PublishedKeys
from ticketing.common.identity.token_keys import KeySet, LocalKeys, shared_key

SHORTEST_KEY = 32
"""Bytes: with less, who has one token can try keys until they find the one (RFC 7518, 3.2)."""


class TokenSettings(Settings, frozen=True, kw_only=True, rename="upper"):
    """Tokens are checked by the secret `jwt_key`, and by `jwt_other_keys` (with commas between)
    while it is being replaced, of SHORTEST_KEY bytes each; or by the public keys that auth shows
    under `jwt_keys_url`.
    """

    one_of: ClassVar[tuple[str, ...]] = ("JWT_KEY", "JWT_KEYS_URL")
    jwt_key: str = ""
    jwt_other_keys: str = ""
    jwt_keys_url: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError, whose text shows nothing of a key."""
        if self.jwt_key:
            _check_keys("JWT_KEY", [self.jwt_key])
            _check_keys("JWT_OTHER_KEYS", self.other_secrets())

    def other_secrets(self) -> list[str]:
        """What is in `jwt_other_keys`, beside `jwt_key`."""
        return [key for key in map(str.strip, self.jwt_other_keys.split(",")) if key]

    def keys(self) -> KeySet:
        """The keys by which access tokens are accepted."""
        if self.jwt_key:
            return LocalKeys(*map(shared_key, [self.jwt_key, *self.other_secrets()]))
        return PublishedKeys(self.jwt_keys_url)


def _check_keys(name: str, keys: list[str]) -> None:
    if any(len(key.encode()) < SHORTEST_KEY for key in keys):
        raise ValueError(f"{name} takes keys of {SHORTEST_KEY} bytes or more")
