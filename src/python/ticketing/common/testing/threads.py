"""Calls made at the same moment, to see who wins."""

import threading
from collections.abc import Callable, Sequence


def together(calls: Sequence[Callable[[], object]]) -> None:
    """Make each call in a thread of its own, all at once; return when all have ended."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait()
        call()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
