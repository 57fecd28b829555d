"""The gateways whose word on a visitor's address and scheme counts; nobody else's does."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import (
        StartResponse,  # pants: no-infer-dep
        WSGIApplication,  # pants: no-infer-dep
        WSGIEnvironment,  # pants: no-infer-dep
    )

_TOLD = [
    f"HTTP_{name}"
    for name in (
        "FORWARDED",
        "X_FORWARDED_FOR",
        "X_FORWARDED_HOST",
        "X_FORWARDED_PORT",
        "X_FORWARDED_PREFIX",
        "X_FORWARDED_PROTO",
        "X_REAL_IP",
    )
]


class Proxies:
    """Addresses and networks, from `10.1.0.0/16, 10.2.0.7`; raises ValueError if one is neither."""

    def __init__(self, listed: str) -> None:
        self._networks = [ip_network(one.strip()) for one in listed.split(",") if one.strip()]

    def visitor(self, peer: str, forwarded_for: str) -> str:
        """The nearest address that is none of ours: each of ours tells of the one before it."""
        visitor = peer
        for told in reversed(forwarded_for.split(",")):
            address = _address(told)
            if address is None or not self.trusts(visitor):
                break
            visitor = str(address)
        return visitor

    def trusts(self, peer: str) -> bool:
        """Whether this address is one of ours."""
        address = _address(peer)
        return address is not None and any(address in network for network in self._networks)


def behind(proxies: Proxies, app: "WSGIApplication") -> "WSGIApplication":
    """The application, to which a request's address and scheme are the visitor's own.

    It sees none of the headers that tell of them: what nobody sees, nobody believes by mistake.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        told = {name: environ.pop(name, "") for name in _TOLD}
        peer = environ.get("REMOTE_ADDR", "")
        if proxies.trusts(peer):
            environ["REMOTE_ADDR"] = proxies.visitor(peer, told["HTTP_X_FORWARDED_FOR"])
            scheme = told["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return app(environ, start_response)

    return answer


@lru_cache(1024)
def _address(told: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(told.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
