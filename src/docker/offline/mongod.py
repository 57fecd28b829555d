"""A stand-in for mongod: takes its arguments, and is a replica set of one once it is initiated.

With a key file it knows those who have the key as `__system`, and users that they make.
"""

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

from secantus import commands
from secantus.auth import derive_credentials
from secantus.server import SecantusDBServer

Reply = dict[str, Any]


class Member(SecantusDBServer):  # type: ignore[misc]
    """A member of no set until `replSetInitiate` names the set and this member's address in it."""

    def __init__(
        self, directory: Path, port: int, set_name: str | None, key: str | None = None
    ) -> None:
        super().__init__(
            "0.0.0.0",
            port,
            str(directory),
            replica_set_name=set_name,  # changes are recorded from the start
            cache_size="256M",
            sync_on_commit=True,
            require_auth=key is not None,
        )
        if key is not None:
            self._make_system_user(key)
        self._initiation = directory / "replica_set.json"
        self._may_be_initiated = set_name is not None
        self._host = ""
        self.replica_set_name: str | None = None
        if self._initiation.exists():
            self._join(json.loads(self._initiation.read_text()))

    @property
    def address(self) -> tuple[str, int]:
        """Where clients are told to find it."""
        return self._host, self.port

    def initiate(self, command: Reply, _: commands.CommandContext) -> Reply:
        config = command["replSetInitiate"]
        if not self._may_be_initiated:
            return {"ok": 0.0, "code": 76, "errmsg": "not started with --replSet"}
        if self.replica_set_name:
            return {"ok": 0.0, "code": 23, "errmsg": "already initialized"}
        if len(config["members"]) != 1:
            return {"ok": 0.0, "code": 93, "errmsg": "the stand-in is a set of one"}
        self._join({"name": config["_id"], "host": config["members"][0]["host"]})
        return {"ok": 1.0}

    def hello(self, command: Reply, context: commands.CommandContext) -> Reply:
        """As a member of no set answers until there is one: clients wait for that.

        A client that asked before the initiation hears of it on the same connection.
        """
        if self.replica_set_name:
            context.replica_set_name, context.server_address = self.replica_set_name, self.address
        reply: Reply = commands._hello(command, context)
        if self._may_be_initiated and "setName" not in reply:
            reply.update(isWritablePrimary=False, ismaster=False, isreplicaset=True)
        return reply

    def _make_system_user(self, key: str) -> None:
        user = {
            "_id": "local.__system",
            "user": "__system",
            "db": "local",
            "credentials": derive_credentials(key, username="__system").to_doc(),
            "roles": [{"role": "root", "db": "admin"}],
            "mechanisms": ["SCRAM-SHA-256"],
        }
        self.storage.add_user("local", "__system", user, replace=True)

    def _join(self, initiation: dict[str, str]) -> None:
        self._initiation.write_text(json.dumps(initiation))
        self._host = initiation["host"].partition(":")[0]
        self.replica_set_name = initiation["name"]


def main() -> None:
    arguments = argparse.ArgumentParser(prog="mongod")
    arguments.add_argument("--dbpath", type=Path, default=Path("/data/db"))
    arguments.add_argument("--port", type=int, default=27017)
    arguments.add_argument("--replSet")
    arguments.add_argument("--keyFile", type=Path)
    arguments.add_argument("--wiredTigerCacheSizeGB", type=float)
    for flag in ("--bind_ip_all", "--nounixsocket"):
        arguments.add_argument(flag, action="store_true")
    given = arguments.parse_args()
    key = given.keyFile.read_text().strip() if given.keyFile else None
    server = Member(given.dbpath, given.port, given.replSet, key)
    for name in ("hello", "isMaster", "ismaster"):
        commands._HANDLERS[name] = server.hello
    commands._HANDLERS["replSetInitiate"] = server.initiate

    def stop(*_: object) -> None:
        server.stop()
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    server.start()
    sys.stderr.write(f"listening on port {given.port}\n")
    server.wait()


if __name__ == "__main__":
    main()
