"""Settings: a frozen struct read once from the environment, before anything else happens."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import msgspec

from ticketing.common.protection import Origins
from ticketing.common.proxies import Proxies

SHORTEST_KEY = 32
"""Bytes: with less, who has one token can try keys until they find the one (RFC 7518, 3.2)."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="upper"):
    """What every process reads; a field `mongo_uri` is the variable `MONGO_URI`.

    Of the variables in `one_of` exactly one must be set.
    """

    one_of: ClassVar[tuple[str, ...]] = ()
    host: str = "0.0.0.0"  # nosec B104  # in a pod: policies say who gets there
    port: int = 3000
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


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


class BrokerSettings(Settings, frozen=True, kw_only=True, rename="upper"):
    """What a process reads that talks to the broker.

    `nats_replicas` is how many of its servers keep each message.
    """

    nats_url: str
    nats_cluster_id: str = "ticketing"
    nats_client_id: str = ""
    nats_replicas: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1


S = TypeVar("S", bound=Settings)


def read(kind: type[S], env: Mapping[str, str]) -> S:
    """The settings from `env`; exits with one line that names what is missing or wrong."""
    given = {name: value for name, value in env.items() if value != ""}
    missing = [
        field.encode_name
        for field in msgspec.structs.fields(kind)
        if field.required and field.encode_name not in given
    ]
    alternatives = [name for name in kind.one_of if name in given]
    if kind.one_of and not alternatives:
        missing.append(" or ".join(kind.one_of))
    if missing:
        raise SystemExit(f"missing in the environment: {', '.join(missing)}")
    if len(alternatives) > 1:
        raise SystemExit(f"only one may be in the environment: {', '.join(alternatives)}")
    try:
        return msgspec.convert(given, kind, strict=False, dec_hook=_from_text)
    except msgspec.ValidationError as error:
        raise SystemExit(f"wrong in the environment: {error}") from None


def _check_keys(name: str, keys: list[str]) -> None:
    if any(len(key.encode()) < SHORTEST_KEY for key in keys):
        raise ValueError(f"{name} takes keys of {SHORTEST_KEY} bytes or more")


def _from_text(kind: Any, text: str) -> Any:
    """A type that msgspec does not know is made from the variable's text, or raises ValueError."""
    return kind(text)
