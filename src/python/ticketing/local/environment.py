"""What the processes of our own services are told: what their roles declare, and nothing else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ticketing.local.reach import Reach, Variables
from ticketing.registry.declarations import Declaration, Role

BESIDE = {"STRIPE_KEY": "STRIPE_API_BASE", "STRIPE_PUBLISHABLE_KEY": "STRIPE_JS_URL"}
"""Where a secret is good, which whoever has it is told, too."""
INTERNET = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")
"""What leads to the internet, through a proxy if need be."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """`urls` are where the web processes of the services are, without the gateway, `stand_in` what
    there is in place of secrets of this program's own environment, `settings` what this run has in
    place of declared ones.
    """

    reach: Reach
    urls: Mapping[str, str]
    stand_in: Variables
    settings: Variables
    limits: bool

    def of(self, service: Declaration, name: str) -> Variables:
        """All that this role of the service is told, but where it listens."""
        role = service.roles[name]
        told = {each: self.settings.get(each, value) for each, value in service.environment.items()}
        if service.has_store(name):
            told |= self.reach.store(service.name)
        if service.has_key(name):
            told["JWT_KEY"] = self.reach.data.secret("jwt.key")
        if role.broker:
            told |= self.reach.bus(service.name)
        if role.redis == "timers":
            told |= self.reach.timers()
        if role.redis == "limits" and self.limits:
            told |= self.reach.limits()
        told |= {f"{other.upper()}_URL": self.urls[other] for other in service.calls}
        return told | self._given(role) | (given(*INTERNET) if service.internet else {})

    def _given(self, role: Role) -> Variables:
        names = [name for variables in role.secrets.values() for name in variables]
        names += [BESIDE[name] for name in names if name in BESIDE]
        return given(*names) | {n: v for n, v in self.stand_in.items() if n in names}


def given(*names: str) -> Variables:
    """Those of these variables that are in this program's own environment."""
    return {name: os.environ[name] for name in names if name in os.environ}
