"""The streams as a real process: who left, the limit, and its end."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest
import requests

from ticketing.client.streams import HEARTBEAT
from ticketing.common.testing.servers import eventually, free_port

LIMIT = 3
PATH = "/live/tickets/0123456789abcdef01234567"


class Process:
    def __init__(self, *arguments: int) -> None:
        path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ticketing.client.tests.streaming", *map(str, arguments)],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        )

    def stop(self) -> tuple[int, float]:
        """Its exit code, and the seconds that its end took."""
        start = time.monotonic()
        self._process.terminate()
        return self._process.wait(timeout=60), time.monotonic() - start

    def clean_up(self) -> None:
        if self._process.poll() is None:
            for child in psutil.Process(self._process.pid).children(recursive=True):
                child.kill()
            self._process.kill()
            self._process.wait()


@pytest.fixture()
def live() -> Iterator[tuple[Process, str]]:
    port, tickets_port = free_port(), free_port()
    processes = [Process(port, tickets_port, 0), Process(port, tickets_port, LIMIT)]
    url = f"http://127.0.0.1:{port}"
    eventually(lambda: requests.get(f"{url}/healthz", timeout=2).ok)
    yield processes[1], url
    for process in processes:
        process.clean_up()


def watch(url: str) -> requests.Response:
    response = requests.get(url + PATH, stream=True, timeout=HEARTBEAT + 30)
    if response.ok:
        lines = response.iter_lines(chunk_size=1)
        assert next(line for line in lines if line.startswith(b"data")) == b'data: {"version": 3}'
    return response


def test_a_seat_is_free_again_within_a_heartbeat_and_the_end_is_prompt(
    live: tuple[Process, str],
) -> None:
    process, url = live
    viewers = [watch(url) for _ in range(LIMIT)]
    assert watch(url).status_code == 503
    assert requests.get(f"{url}/healthz", timeout=2).ok
    viewers.pop().close()
    newcomer = eventually(lambda: seated(watch(url)), within=10 * HEARTBEAT)
    assert newcomer is not None
    code, seconds = process.stop()
    assert (code, seconds < 15) == (0, True)  # one that hangs is killed after 20
    for viewer in (*viewers, newcomer):
        viewer.close()


def seated(response: requests.Response) -> requests.Response | None:
    if response.ok:
        return response
    response.close()
    time.sleep(0.2)
    return None
