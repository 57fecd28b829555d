"""Settings of processes that talk to the broker."""

from typing import Annotated

from msgspec import Meta

from ticketing.common.core.settings import Settings


class BrokerSettings(Settings, frozen=True, kw_only=True, rename="upper"):
    """`nats_replicas` is how many of the broker's servers keep each message."""

    nats_url: str
    nats_cluster_id: str = "ticketing"
    nats_client_id: str = ""
    nats_replicas: Annotated[int, Meta(ge=1, le=5)] = 1
