"""SecantusDB as a server, with a shorter memory for writes that a driver may send again.

It keeps what it answered to the last 10,000 writes of half an hour, to answer the same to a driver
that never heard it, and looks through all of them twice at each further write: after some minutes
of traffic that took more time than all else together. A driver asks again at once, or never.
"""

import sys

from secantus import transactions
from secantus.cli import main

KEPT = 500
"""Answers: those of several seconds at the pace that this machine is good for."""


def remember_less() -> None:
    """Raises AttributeError where another version of the library calls it otherwise."""
    name = "_RETRYABLE_RECORD_MAX"
    getattr(transactions, name)
    setattr(transactions, name, KEPT)


if __name__ == "__main__":
    remember_less()
    sys.exit(main())
