"""Settings of processes that answer HTTP."""

from typing import ClassVar

from ticketing.common.core.settings import Settings
from ticketing.common.web.protection import Origins
from ticketing.common.web.proxies import Proxies

SHORTEST_KEY = 32
"""Bytes: with less, who has one token can try keys until they find the one (RFC 7518, 3.2)."""


class WebSettings(Settings, frozen=True, kw_only=True, rename="upper"):
    """What a process that answers HTTP reads: the gateways in front of it, whose word counts on a
    visitor's address and scheme, and the other sites whose scripts may use the API.
    """

    trusted_proxies: Proxies = Proxies("127.0.0.1")
    cors_origins: Origins = Origins("")


class ServiceSettings(WebSettings, frozen=True, kw_only=True, rename="upper"):
    """What a service with an HTTP interface and a database of its own reads; without
    `limits_redis_url` nobody is told that they ask too often.

    Tokens are checked by the secret `jwt_key`, and by `jwt_other_keys` (with commas between) while
    it is being replaced, of SHORTEST_KEY bytes each; or by the public keys that auth shows under
    `jwt_keys_url`.
    """

    one_of: ClassVar[tuple[str, ...]] = ("JWT_KEY", "JWT_KEYS_URL")
    mongo_uri: str
    limits_redis_url: str = ""
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


def _check_keys(name: str, keys: list[str]) -> None:
    if any(len(key.encode()) < SHORTEST_KEY for key in keys):
        raise ValueError(f"{name} takes keys of {SHORTEST_KEY} bytes or more")
