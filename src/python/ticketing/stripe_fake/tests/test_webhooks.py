"""Webhooks: signed like Stripe's, sent until they are taken, also over a kill."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import stripe

from ticketing.stripe_fake.tests.buying import begin, pay
from ticketing.stripe_fake.tests.endpoint import SECRET, Endpoint, receiving, wait_until
from ticketing.stripe_fake.tests.serving import sdk
from ticketing.stripe_fake.tests.test_process import free_port, running
from ticketing.stripe_fake.webhooks import delay, signature

AT = "payment_intent.succeeded"


@pytest.fixture()
def endpoint() -> Iterator[Endpoint]:
    with receiving() as endpoint:
        yield endpoint


@pytest.fixture()
def port(tmp_path: Path, endpoint: Endpoint) -> Iterator[int]:
    port = free_port()
    with running(tmp_path, port, settings_for(endpoint.url)):
        yield port


def settings_for(url: str) -> dict[str, str]:
    return {"STRIPE_FAKE_WEBHOOK_URL": url, "STRIPE_WEBHOOK_SECRET": SECRET}


@pytest.fixture()
def client(port: int) -> Iterator[stripe.StripeClient]:
    with sdk(f"http://127.0.0.1:{port}") as client:
        yield client


def set_switches(port: int, **switches: object) -> None:
    answer = requests.put(f"http://127.0.0.1:{port}/test/faults", json=switches, timeout=5)
    assert answer.status_code == 200


def test_an_event_is_sent_with_a_signature_that_stripes_own_library_accepts(
    client: stripe.StripeClient, endpoint: Endpoint
) -> None:
    intent = pay(client, begin(client), "tok_visa")
    [letter] = endpoint.wait_for(1)
    event = client.construct_event(letter.body, letter.signature, SECRET)
    assert (event.type, event.data.object["id"]) == (AT, intent.id)
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(letter.body, letter.signature, "whsec_other")
    wait_until(lambda: client.v1.events.retrieve(event.id).pending_webhooks == 0)


def test_what_is_not_taken_is_sent_again_later_and_signed_anew(
    client: stripe.StripeClient, endpoint: Endpoint
) -> None:
    endpoint.statuses = [500, 301]  # a redirection is not followed, either
    begun = time.monotonic()
    pay(client, begin(client), "tok_visa")
    first, second, third = endpoint.wait_for(3)
    assert time.monotonic() - begun > delay(1) + delay(2) - 0.1
    assert first.event["id"] == second.event["id"] == third.event["id"]
    assert first.signature != third.signature
    event_id = first.event["id"]
    wait_until(lambda: client.v1.events.retrieve(event_id).pending_webhooks == 0)


def test_the_delays_grow_up_to_an_hour() -> None:
    assert [delay(tries) for tries in (1, 2, 3, 12, 13, 2000)] == [1, 2, 4, 2048, 3600, 3600]


def test_the_signature_is_that_of_stripes_own_library() -> None:
    body = json.dumps({"id": "evt_1", "text": "ü"}).encode()
    ours = signature(body, SECRET, 1_800_000_000.9)
    assert ours == stripe.WebhookSignature.generate_signature_header(
        body.decode(), SECRET, 1_800_000_000
    )


def test_a_killed_process_sends_after_its_restart_what_was_not_taken(tmp_path: Path) -> None:
    port, hook = free_port(), free_port()
    settings = settings_for(f"http://127.0.0.1:{hook}/hook")
    with sdk(f"http://127.0.0.1:{port}") as client:
        with running(tmp_path, port, settings) as process:
            pay(client, begin(client), "tok_visa")
            process.send_signal(signal.SIGKILL)
            process.wait()
        with receiving(hook) as endpoint, running(tmp_path, port, settings) as process:
            endpoint.wait_for(1)
            assert endpoint.types == [AT]
            wait_until(lambda: client.v1.events.list().data[0].pending_webhooks == 0)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0


def test_webhooks_come_as_often_as_the_switch_says(
    client: stripe.StripeClient, port: int, endpoint: Endpoint
) -> None:
    set_switches(port, webhookRepeats=2)
    pay(client, begin(client), "tok_visa")
    assert len({letter.event["id"] for letter in endpoint.wait_for(3)}) == 1


def test_webhooks_are_late_or_lost_as_the_switch_says(
    client: stripe.StripeClient, port: int, endpoint: Endpoint
) -> None:
    set_switches(port, webhookLoss=1)
    pay(client, begin(client), "tok_visa")
    assert client.v1.events.list().data[0].pending_webhooks == 0
    set_switches(port, webhookDelay=1.5)
    begun = time.time()
    client.v1.payment_intents.cancel(begin(client).id)
    endpoint.wait_for(1)
    assert time.time() - int(begun) >= 1.5
    assert endpoint.types == ["payment_intent.canceled"]


def test_shuffled_webhooks_come_in_another_order(
    client: stripe.StripeClient, port: int, endpoint: Endpoint
) -> None:
    set_switches(port, webhookShuffle=True, seed=1)
    happened = []
    for _ in range(12):
        intent = begin(client)
        client.v1.payment_intents.cancel(intent.id)
        happened.append(intent.id)
    came = [letter.event["data"]["object"]["id"] for letter in endpoint.wait_for(12)]
    assert sorted(came) == sorted(happened)
    assert came != happened
