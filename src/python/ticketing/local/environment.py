"""The environment of our services' processes: what their roles declare, and nothing else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ticketing.local.reach import Reach, Variables
from ticketing.registry.declarations import Declaration, Role

BESIDE = {"STRIPE_KEY": "STRIPE_API_BASE", "STRIPE_PUBLISHABLE_KEY": "STRIPE_JS_URL"}
"""Secrets, and the variable that says which server takes them: given together."""
INTERNET = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")
"""What a process needs to reach the internet through a proxy."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """`urls` are those of the services' web processes, behind the gateway; `stand_in` and
    `settings` replace secrets of this program's own environment, and declared settings.
    """

    reach: Reach
    urls: Mapping[str, str]
    stand_in: Variables
    settings: Variables
    limits: bool

    def of(self, service: Declaration, name: str) -> Variables:
        """The variables of this role, but those that say where it listens."""
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
