"""The file by which an operator's programs find the platform that runs on this machine."""

import json
from collections.abc import Mapping

from ticketing.local.data_directory import DataDirectory

FILE = "operator.json"


def write(data: DataDirectory, variables: Mapping[str, str]) -> None:
    """Only the owner of the directory can read it; a key of the real Stripe is never in it."""
    data.write(FILE, json.dumps(variables, indent=2) + "\n", mode=0o600)


def remove(data: DataDirectory) -> None:
    """Nobody is to look for a platform that has been stopped."""
    (data.path / FILE).unlink(missing_ok=True)
