"""The commands of the expiration service as real processes."""

import os
import signal
import subprocess
import sys
from typing import Any

import requests

from ticketing.common.testing.servers import NatsServer, RedisServer, eventually, free_port


class ServiceProcess:
    """One of the service's commands, as it runs in production."""

    def __init__(self, command: str, redis: RedisServer, nats: NatsServer) -> None:
        self.port = free_port()
        settings = {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "REDIS_URL": redis.url,
            "NATS_URL": nats.url,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ticketing.expiration.main", command],
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
        )

    def ready(self) -> Any:
        """What /readyz says: the status and the body; None while nothing answers."""
        try:
            reply = requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=30)
        except requests.ConnectionError:
            return None
        return reply.status_code, reply.json()

    def wait_until_ready(self) -> None:
        eventually(lambda: self.ready() == (200, {"ready": True, "missing": []}))

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
