"""The addresses of the broker and the stores, with each user's password."""

import shutil
from dataclasses import dataclass

from ticketing.local.data_directory import DataDirectory
from ticketing.local.process import Part
from ticketing.registry import access
from ticketing.registry.declarations import consumers, stores

Variables = dict[str, str]


@dataclass(frozen=True)
class Reach:
    """The variables of the processes of one platform."""

    data: DataDirectory
    nats: Part
    redis: Part
    mongo: Part

    def store(self, service: str) -> Variables:
        """The service's own database."""
        return {"MONGO_URI": self._mongo_uri(service, user=service)}

    def bus(self, user: str) -> Variables:
        """The broker, as this service."""
        url = f"nats://{self._login('nats', user)}127.0.0.1:{self.nats.port}"
        return {"NATS_URL": url, "NATS_CLUSTER_ID": "ticketing"}

    def timers(self) -> Variables:
        """Redis, for the timers of the holds."""
        return {"REDIS_URL": self._redis_url("timers")}

    def limits(self) -> Variables:
        """Redis, for counting how often somebody asks."""
        return {"LIMITS_REDIS_URL": self._redis_url("limits")}

    def everything(self) -> Variables:
        """As the operator, who may do all."""
        user = access.OPERATOR
        databases = {
            f"{name.upper()}_MONGO_URI": self._mongo_uri(name, user=user) for name in stores()
        }
        return self.bus(user) | {"REDIS_URL": self._redis_url(user)} | databases

    def outside(self) -> Variables:
        """The broker, as each of those who listen from outside."""
        return {f"{name.upper()}_NATS_URL": self.bus(name)["NATS_URL"] for name in consumers()}

    def _redis_url(self, user: str) -> str:
        return f"redis://{self._login('redis', user)}127.0.0.1:{self.redis.port}/0"

    def _mongo_uri(self, database: str, *, user: str) -> str:
        # A mongod answers before its journal is on disk, unless it is asked to wait.
        place = f"127.0.0.1:{self.mongo.port}/{database}?journal=true"
        if shutil.which("mongod"):  # it takes anybody: users would have to be made in it
            return f"mongodb://{place}"
        source = "admin" if user == access.OPERATOR else database
        return f"mongodb://{self._login('mongo', user)}{place}&authSource={source}"

    def _login(self, server: str, user: str) -> str:
        return f"{user}:{self.data.password(server, user)}@"
