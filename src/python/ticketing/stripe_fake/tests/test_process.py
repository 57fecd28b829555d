"""The real process: concurrent buyers, kill -9, SIGTERM, and a start without its settings."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests
import stripe

from ticketing.stripe_fake.tests.buying import begin, charges, pay
from ticketing.stripe_fake.tests.serving import sdk

MAIN = [sys.executable, "-m", "ticketing.stripe_fake.main"]
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    data: Path, port: int, more: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "STRIPE_FAKE_DATA": str(data)}
    settings |= more or {}
    with (data / "log").open("ab") as log:
        process = subprocess.Popen(MAIN, env=ENVIRONMENT | settings, stdout=log, stderr=log)
    try:
        wait_until_ready(port)
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).raise_for_status()
            return
        except requests.RequestException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def test_a_killed_process_has_lost_no_charge_and_no_answer(tmp_path: Path) -> None:
    port = free_port()
    with sdk(f"http://127.0.0.1:{port}") as client:
        with running(tmp_path, port) as process:
            intent = begin(client)
            paid = pay(client, intent, "tok_visa", "attempt-1")
            process.send_signal(signal.SIGKILL)
            process.wait()
        with running(tmp_path, port) as process:
            assert client.v1.payment_intents.retrieve(intent.id) == paid
            assert pay(client, intent, "tok_visa", "attempt-1") == paid
            assert [charge.paid for charge in charges(client, intent)] == [True]
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0


def test_a_stop_does_not_wait_for_a_connection_that_a_browser_opened_ahead(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as process:
        with socket.create_connection(("127.0.0.1", port)):
            wait_until_ready(port)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0


def test_of_many_confirmations_at_once_one_charges(client: stripe.StripeClient) -> None:
    intent = begin(client)

    def attempt(number: int) -> str:
        try:
            return str(pay(client, intent, "tok_visa", f"attempt-{number}").status)
        except stripe.InvalidRequestError as error:
            return str(error.code)

    with ThreadPoolExecutor(20) as pool:
        ended = list(pool.map(attempt, range(20)))
    assert sorted(ended) == ["payment_intent_unexpected_state"] * 19 + ["succeeded"]
    assert len(charges(client, intent)) == 1


def test_a_missing_setting_is_named_in_one_line() -> None:
    ended = subprocess.run(
        MAIN, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "STRIPE_FAKE_DATA" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
