"""What the tests do again and again with the SDK: begin, pay, authenticate, count."""

from typing import Any

import requests
import stripe
from stripe import PaymentIntent

TEN_DOLLARS = 1_000


def begin(client: stripe.StripeClient, **more: Any) -> PaymentIntent:
    params: Any = {
        "amount": TEN_DOLLARS,
        "currency": "usd",
        "allowed_payment_method_types": ["card"],
    }
    params |= more
    return client.v1.payment_intents.create(params)


def pay(
    client: stripe.StripeClient, intent: PaymentIntent, card: str, key: str | None = None
) -> PaymentIntent:
    """Confirm with a test payment method (`pm_...`) or a test token (`tok_...`)."""
    params: Any = {"payment_method": card}
    if card.startswith("tok_"):
        params = {"payment_method_data": {"type": "card", "card": {"token": card}}}
    options: Any = {"idempotency_key": key} if key else {}
    return client.v1.payment_intents.confirm(intent.id, params, options)


def authenticate(url: str, intent: PaymentIntent, outcome: str) -> requests.Response:
    return requests.post(
        f"{url}/test/payment_intents/{intent.id}/authenticate",
        {"client_secret": intent.client_secret, "outcome": outcome},
        timeout=5,
    )


def charges(client: stripe.StripeClient, intent: PaymentIntent) -> list[stripe.Charge]:
    return client.v1.charges.list({"payment_intent": intent.id}).data


def error_of(error: stripe.StripeError) -> dict[str, Any]:
    body: Any = error.json_body
    details: dict[str, Any] = body["error"]
    return details
