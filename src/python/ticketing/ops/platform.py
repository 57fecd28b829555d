"""A platform that runs somewhere, as its operator reaches it."""

import json
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import click
import stripe
from pymongo.database import Database

from ticketing.common.messaging.streams import Streams
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import Document, ping
from ticketing.local import operator
from ticketing.registry.declarations import services, stores
from ticketing.registry.programs import SECRET, build

STORES = stores()
ADDRESSES = ("NATS_URL", "REDIS_URL", *(f"{name.upper()}_MONGO_URI" for name in STORES))
STRIPE = ("STRIPE_KEY", "STRIPE_API_BASE")
VARIABLES = (*ADDRESSES, "NATS_CLUSTER_ID", *STRIPE)


class Platform:
    """`env` holds the variables by which it is reached; what is missing there is asked for, as a
    click error, by whoever needs it.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self._services: dict[str, Service[Any]] = {}
        self._reached: set[str] = set()

    @classmethod
    def find(cls, data_dir: Path, env: Mapping[str, str]) -> "Platform":
        """The one that `env` tells of, else the local one that keeps its data in `data_dir`.

        Never a mixture: an address in `env` is of another platform than all in the local file. Only
        the key of the real Stripe is in no file.
        """
        given = {name: env[name] for name in VARIABLES if env.get(name)}
        if any(name in given for name in ADDRESSES):
            return cls(given)
        try:
            local = json.loads((data_dir / operator.FILE).read_text())
        except FileNotFoundError:
            raise click.ClickException(
                f"No platform runs with the data directory {data_dir}. Start it by `./pants run"
                " src/python/ticketing/local`, name another one by --data-dir, or set NATS_URL,"
                " ORDERS_MONGO_URI and so on."
            ) from None
        except (OSError, ValueError) as error:
            raise click.ClickException(
                f"Cannot read {data_dir / operator.FILE}: {error}"
            ) from error
        return cls(local if "STRIPE_KEY" in local else {**given, **local})

    def __getitem__(self, name: str) -> str:
        """A variable; a click error where it is not set."""
        if name not in self.env:
            raise click.ClickException(f"{name} is not set")
        return self.env[name]

    @property
    def nats_url(self) -> str:
        return self["NATS_URL"]

    @property
    def cluster_id(self) -> str:
        """The prefix of the streams."""
        return self.env.get("NATS_CLUSTER_ID", "ticketing")

    @property
    def streams(self) -> Streams:
        return Streams(self.cluster_id)

    @property
    def stripe(self) -> stripe.StripeClient:
        """The real one, or the stand-in that the platform pays by."""
        base = self.env.get("STRIPE_API_BASE")
        return stripe.StripeClient(
            self["STRIPE_KEY"],
            base_addresses={"api": base} if base else {},
            http_client=stripe.RequestsClient(timeout=10),
            max_network_retries=1,
        )

    def service(self, name: str) -> Service[Any]:
        """The service as its own processes put it together; it serves no HTTP here."""
        if name not in self._services:
            self._services[name] = self._build(name)
        return self._services[name]

    def database(self, name: str) -> Database[Document]:
        """The database of a service; raises an error of pymongo within two seconds where it is
        out of reach.
        """
        database = self.service(name).database
        assert database is not None, f"{name} has no database"
        if name not in self._reached:
            ping(database)
            self._reached.add(name)
        return database

    def close(self) -> None:
        """Let go of the connections to the databases."""
        for service in self._services.values():
            service.close()

    def _build(self, name: str) -> Service[Any]:
        declared = services()[name]
        secrets = (each for role in declared.roles.values() for each in role.secrets.values())
        # Nobody signs in here, and most verbs need no Stripe.
        needed = dict.fromkeys(chain(*secrets), SECRET) | dict(self.env)
        if declared.store:
            needed["MONGO_URI"] = self[f"{name.upper()}_MONGO_URI"]
        try:
            return build(name, needed)
        except SystemExit as error:  # in the words of the service
            own = str(error).replace("MONGO_URI", f"{name.upper()}_MONGO_URI")
            raise click.ClickException(own) from error
