"""Serves the stand-in on a free port, and talks to it as the product does: by Stripe's SDK."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests
import stripe

from ticketing.stripe_fake.app import create_app
from ticketing.stripe_fake.main import OneRequest, Server
from ticketing.stripe_fake.store import Store

KEY = "sk_test_stand_in"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def serving(store: Store, clock: Clock) -> Iterator[str]:
    server = Server("127.0.0.1", 0, create_app(store, clock), OneRequest)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def sdk(url: str) -> Iterator[stripe.StripeClient]:
    """The SDK without retries of its own, so that every answer is seen."""
    with requests.Session() as session:
        http = stripe.RequestsClient(session=session)
        yield stripe.StripeClient(
            KEY, base_addresses={"api": url}, http_client=http, max_network_retries=0
        )
