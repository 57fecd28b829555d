"""What the code of each process says of itself, given what the manifests tell it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ticketing.client.settings import ClientSettings
from ticketing.common.core.settings import Settings, read
from ticketing.common.messaging.settings import BrokerSettings
from ticketing.common.runtime.service import Service
from ticketing.deploy.tests.manifests import (
    COMPONENT,
    NAME,
    Json,
    Manifests,
    labels,
)
from ticketing.deploy.tests.pods import Pod, secrets_for
from ticketing.registry import programs
from ticketing.stripe_fake.main import StandInSettings

UNBUILT: dict[str, type[Settings]] = {"client": ClientSettings, "stripe-fake": StandInSettings}
"""What those read that are put together by no `build`."""
_PEM = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def environment(manifests: Manifests, workload: Json) -> dict[str, str]:
    """What a process of it finds in a cluster, with secrets of their kind."""
    secrets = secrets_for(manifests)
    secrets.setdefault("jwt-secret", {})["JWT_PRIVATE_KEY"] = _PEM.decode()
    pod = Pod(workload["metadata"]["name"], workload["spec"]["template"], [], manifests)
    return pod.environment(secrets)


def settings(workload: Json, given: Mapping[str, str]) -> list[type[Settings]]:
    """What a process of it reads; exits as the process does where something is missing or wrong."""
    kinds: list[type[Settings]] = []
    if "ticketing/broker" in labels(workload):
        kinds.append(type(read(BrokerSettings, given)))
    if unbuilt := UNBUILT.get(labels(workload)[NAME]):
        return [*kinds, type(read(unbuilt, given))]
    with _built(workload, given) as service:
        kinds.append(type(service.settings))
        if labels(workload)[COMPONENT] == "web":
            kinds.append(type(read(service.tokens, given)))
    return kinds


@contextmanager
def _built(workload: Json, given: Mapping[str, str]) -> Iterator[Service[Any]]:
    try:
        service = programs.build(labels(workload)[NAME], given)
    except KeyError:
        raise SystemExit("of no service that is known") from None
    try:
        yield service
    finally:
        service.close()
