"""What a service trusts tokens by: the keys it accepts, and what was revoked."""

import threading
import time
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

from flask import Flask

from ticketing.common import health
from ticketing.common.health import Check
from ticketing.common.key_rings import FetchedKeys
from ticketing.common.key_rings import KeyRing
from ticketing.common.logs import logger
from ticketing.common.revocations import Revocations
from ticketing.common.service import Service
from ticketing.common.settings import ServiceSettings
from ticketing.common.signing import shared
from ticketing.common.tokens import Checker
from ticketing.common.tokens import Signer

log = logger(__name__)

TRUST = "trust"
"""Where the application has its Trust."""
READ_EVERY = 1.0
"""Seconds after which a web process has heard of what its worker wrote."""
REFRESH_EVERY = 10.0


class Trust:
    """One for each application, whose every check goes through `checker`."""

    def __init__(self, service: Service[Any]) -> None:
        assert isinstance(service.settings, ServiceSettings)
        signer = service.signer or signer_of(service.settings)
        self.keys: KeyRing = signer.ring if signer else FetchedKeys(service.settings.jwt_keys_url)
        self.secrets: Sequence[str] = signer.secrets if signer else [""]
        """For fingerprints of requests: of those that hold a password, auth's alone need one."""
        self.revocations = None if service.database is None else Revocations(service.database)
        revoked = self.revocations.is_revoked if self.revocations else lambda claims: False
        self.checker = Checker(self.keys, revoked)

    def ready_checks(self) -> dict[str, Check]:
        """What a web process needs besides; where the keys are fetched this tries to."""
        return {"keys": self.keys.check} if isinstance(self.keys, FetchedKeys) else {}

    def keep_current(self) -> None:
        """Know from now on what is revoked and which keys count; returns once that is known."""
        _keep_doing(self.keys.refresh, REFRESH_EVERY)
        if self.revocations is not None:
            health.wait_for({"revocations": self.revocations.read})
            _keep_doing(self.revocations.read, READ_EVERY)


def trust_of(app: Flask) -> Trust:
    """What this application trusts tokens by."""
    trust: Trust = app.extensions[TRUST]
    return trust


def signer_of(settings: ServiceSettings) -> Signer | None:
    """Who knows JWT_KEY could sign; None for those who only check, by the keys of auth."""
    if not settings.jwt_key:
        return None
    return Signer(shared(settings.jwt_key), [shared(other) for other in settings.other_secrets()])


def _keep_doing(what: Callable[[], None], every: float) -> None:
    threading.Thread(target=_repeat, args=(what, every), daemon=True).start()


def _repeat(what: Callable[[], None], every: float) -> None:
    troubled = False
    while True:
        time.sleep(every)
        try:
            what()
            troubled = False
        except Exception as error:  # whatever it is: who stopped here would hear of nothing more
            if not troubled:
                log.warning("cannot hear of tokens, trying again", reason=repr(error))
            troubled = True
