"""Settings of processes that answer HTTP."""

from ticketing.common.core.settings import Settings
from ticketing.common.web.protection import Origins
from ticketing.common.web.proxies import Proxies


class WebSettings(Settings, frozen=True, kw_only=True, rename="upper"):
    """What a process that answers HTTP reads: the gateways in front of it, whose word counts on a
    visitor's address and scheme, and the other sites whose scripts may use the API.
    """

    trusted_proxies: Proxies = Proxies("127.0.0.1")
    cors_origins: Origins = Origins("")


class ServiceSettings(WebSettings, frozen=True, kw_only=True, rename="upper"):
    """What a service with an HTTP interface and a database of its own reads; without
    `limits_redis_url` nobody is told that they ask too often.
    """

    mongo_uri: str
    limits_redis_url: str = ""
