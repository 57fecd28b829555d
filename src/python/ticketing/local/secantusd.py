"""SecantusDB as a server, with users and a shorter memory for writes that a driver may repeat.

Of itself it wants its users made by a client while it takes anybody: here they are there before it
listens. And it keeps what it answered to the last 10,000 writes of half an hour, to answer the same
to a driver that never heard it, and looks through all of them twice at each further write: after
some minutes of traffic that took more time than all else together. A driver asks again at once, or
never.
"""

import json
import os
import sys
from collections.abc import Mapping

from secantus import cli, transactions
from secantus.auth import derive_credentials
from secantus.server import SecantusDBServer

from ticketing.registry.access import OPERATOR

USERS = "MONGO_USERS"
"""The variable with passwords by user, as JSON: each service's, whose database has its name, and
the operator's."""
KEPT = 500
"""Answers: those of several seconds at the pace that this machine is good for."""


class Server(SecantusDBServer):  # type: ignore[misc]
    """Knows the users from its environment, and no others' passwords of an earlier start."""

    def start(self) -> None:
        """Make the users, then listen."""
        make_users(self, json.loads(os.environ[USERS]))
        super().start()


def make_users(server: SecantusDBServer, passwords: Mapping[str, str]) -> None:
    """A service reads and writes its own database, the operator everything."""
    for user, password in passwords.items():
        database, role = ("admin", "root") if user == OPERATOR else (user, "readWrite")
        record = {
            "_id": f"{database}.{user}",
            "user": user,
            "db": database,
            "credentials": derive_credentials(password, username=user).to_doc(),
            "roles": [{"role": role, "db": database}],
            "mechanisms": ["SCRAM-SHA-256"],
        }
        server.storage.add_user(database, user, record, replace=True)


def remember_less() -> None:
    """Raises AttributeError where another version of the library calls it otherwise."""
    name = "_RETRYABLE_RECORD_MAX"
    getattr(transactions, name)
    setattr(transactions, name, KEPT)


if __name__ == "__main__":
    remember_less()
    cli.SecantusDBServer = Server
    sys.exit(cli.main())
