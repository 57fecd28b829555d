"""Free ports of this machine for the inner parts, in one block per platform."""

import random
import socket

# Below the range from which Linux takes the ports of outgoing connections: there a port that is
# free for a moment, while its process is started again, could be lost to a stranger.
RANGE = range(10_000, 32_000)
BLOCK = 100


class Ports:
    """Hands out ports that were free together; a block makes clashes of two platforms rare."""

    def __init__(self) -> None:
        starts = random.sample(RANGE[:-BLOCK], 200)  # nosec B311  # no secret
        blocks = (range(start, start + BLOCK) for start in starts)
        self._free = iter(next(block for block in blocks if all(map(is_free, block))))

    def take(self) -> int:
        return next(self._free)


def is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def refuse_taken(port: int) -> None:
    """Raises OSError when a server could not listen on this port; leaves nothing behind."""
    with socket.socket() as listener:
        # As servers do: connections of the last run that still linger are no hindrance.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
