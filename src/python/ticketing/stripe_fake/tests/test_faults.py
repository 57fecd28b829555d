"""The switches: an API that is slow, failing or silent, in the real process."""

import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from flask.testing import FlaskClient

from ticketing.stripe_fake.store import Store
from ticketing.stripe_fake.switches import Fate, Faults, Switchboard
from ticketing.stripe_fake.tests.buying import begin, pay
from ticketing.stripe_fake.tests.serving import sdk
from ticketing.stripe_fake.tests.test_process import free_port, running

NO_FAULTS = {
    "delay": 0.0,
    "fail": 0.0,
    "silent": 0.0,
    "webhookDelay": 0.0,
    "webhookRepeats": 0,
    "webhookLoss": 0.0,
    "webhookShuffle": False,
    "seed": 0,
}


def put(url: str, **switches: Any) -> Any:
    answer = requests.put(f"{url}/test/faults", json=switches, timeout=5)
    assert answer.status_code == 200
    return answer.json()


def test_all_is_well_by_default_and_after_an_empty_put(url: str) -> None:
    assert requests.get(f"{url}/test/faults", timeout=5).json() == NO_FAULTS
    assert put(url, delay=0.5, seed=7) == NO_FAULTS | {"delay": 0.5, "seed": 7}
    assert put(url) == NO_FAULTS


@pytest.mark.parametrize(
    "wrong",
    [b"", b"[]", b"{", b'{"fail": 1.1}', b'{"delay": -1}', b'{"slow": 1}', b'{"delay": "1"}'],
)
def test_a_wrong_switch_is_refused_and_changes_nothing(http: FlaskClient, wrong: bytes) -> None:
    http.put("/test/faults", json={"webhookRepeats": 3})
    assert http.put("/test/faults", data=wrong).status_code == 400
    assert http.get("/test/faults").get_json() == NO_FAULTS | {"webhookRepeats": 3}


def test_a_slow_api_answers_late_and_the_rest_at_once(
    client: stripe.StripeClient, url: str
) -> None:
    put(url, delay=2)
    begun = time.monotonic()
    requests.get(f"{url}/readyz", timeout=5).raise_for_status()
    requests.get(f"{url}/v3/stripe.js", timeout=5).raise_for_status()
    assert time.monotonic() - begun < 2
    begin(client)
    assert time.monotonic() - begun >= 2


def test_of_calls_that_fail_half_have_had_their_effect(
    client: stripe.StripeClient, url: str
) -> None:
    put(url, fail=1, seed=3)
    for _ in range(40):
        with pytest.raises(stripe.APIError) as caught:
            begin(client)
        assert caught.value.http_status == 500
    put(url)
    assert 5 < len(client.v1.payment_intents.list({"limit": 100}).data) < 35


def test_a_call_that_failed_after_its_effect_has_its_answer_under_its_key(
    client: stripe.StripeClient, url: str
) -> None:
    intent = begin(client)
    put(url, fail=1)
    for _ in range(20):
        with pytest.raises(stripe.APIError):
            pay(client, intent, "tok_visa", "key")
    put(url)
    assert pay(client, intent, "tok_visa", "key").status == "succeeded"
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_a_silent_api_holds_the_connection_until_the_caller_hangs_up(url: str) -> None:
    put(url, silent=1)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{url}/v1/events", timeout=0.5)


def test_the_share_of_faults_is_as_asked_and_the_same_for_the_same_seed(store: Store) -> None:
    def fates() -> list[Fate]:
        board.set(Faults(fail=0.2, silent=0.1, seed=5))
        return [board.fate() for _ in range(2000)]

    board = Switchboard(store)
    drawn = fates()
    assert drawn == fates()
    failed = [fate for fate in drawn if fate in (Fate.FAILED_AFTER, Fate.FAILED_BEFORE)]
    silent = [fate for fate in drawn if fate in (Fate.SILENT_AFTER, Fate.SILENT_BEFORE)]
    assert 320 < len(failed) < 480
    assert 140 < len(silent) < 260
    assert Switchboard(store).faults == board.faults


def test_silence_neither_outlives_a_stop_nor_is_forgotten_by_it(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(tmp_path, port) as process:
        put(url, silent=1)
        threading.Timer(0.5, process.send_signal, (signal.SIGTERM,)).start()
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{url}/v1/events", timeout=60)
        assert process.wait(timeout=60) == 0
    with running(tmp_path, port), sdk(url) as client:
        assert requests.get(f"{url}/test/faults", timeout=5).json()["silent"] == 1
        put(url)
        begin(client)
