"""Our stand-in for Stripe, unless this program's environment has a key of the real one."""

import os
from dataclasses import dataclass, field

from ticketing.local.data_directory import DataDirectory
from ticketing.local.ports import Ports
from ticketing.local.process import Part
from ticketing.local.reach import Variables
from ticketing.local.services import python_part


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Its process, and the variables in place of Stripe's secrets; both empty with the real Stripe.

    `public` may be written where an operator finds it.
    """

    parts: list[Part] = field(default_factory=list)
    variables: Variables = field(default_factory=dict)
    public: Variables = field(default_factory=dict)


def stripe(data: DataDirectory, ports: Ports, platform_url: str) -> StandIn:
    """The stand-in, or none where STRIPE_KEY is set (the card form needs its public key, too)."""
    if os.environ.get("STRIPE_KEY"):
        return StandIn()
    port = ports.take()
    url = f"http://127.0.0.1:{port}"
    webhook = {"STRIPE_WEBHOOK_SECRET": f"whsec_{data.secret('stripe-webhook.key')}"}
    environment = webhook | {
        "STRIPE_FAKE_DATA": str(data.directory("stripe")),
        "STRIPE_FAKE_WEBHOOK_URL": f"{platform_url}/api/payments/webhook",
    }
    public = {"STRIPE_KEY": "sk_test_local", "STRIPE_API_BASE": url}
    cards = {"STRIPE_PUBLISHABLE_KEY": "pk_test_local", "STRIPE_JS_URL": f"{url}/v3/stripe.js"}
    part = python_part("stripe", "ticketing.stripe_fake.main", port=port, environment=environment)
    return StandIn(parts=[part], variables=public | webhook | cards, public=public)
