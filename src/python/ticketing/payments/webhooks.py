"""What Stripe sends by itself: signed events, each about a payment intent."""

import json
from dataclasses import dataclass
from typing import Any

import stripe

from ticketing.common.core.errors import Refused, Unavailable
from ticketing.common.core.logs import logger

log = logger(__name__)

TOLERANCE = 300
"""Seconds for which a signature is good, so that a captured webhook cannot be replayed later."""


class NotFromStripe(Refused):
    """Its signature is none, or old."""

    sentence = "Not signed by Stripe, or too long ago"


class WebhooksOff(Unavailable):
    """Stripe sends it again."""

    sentence = "Webhooks are not set up"


@dataclass(frozen=True, kw_only=True)
class Hint:
    """That something happened to an intent; what, Stripe says when it is asked."""

    event_id: str
    intent_id: str


class Webhooks:
    """Checks what comes in Stripe's name; `secret` is the endpoint's, empty where there is none."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def verify(self, body: bytes, signature: str) -> Hint | None:
        """The hint in an event, None where it is about no payment intent.

        Raises NotFromStripe unless Stripe has signed it lately, WebhooksOff where no secret is set.
        """
        if not self._secret:
            raise WebhooksOff
        try:
            text = body.decode()
            # The library compares signatures as ASCII and trips over any other.
            stripe.WebhookSignature.verify_header(
                text, signature if signature.isascii() else "", self._secret, TOLERANCE
            )
            event: Any = json.loads(text)
        except (stripe.SignatureVerificationError, ValueError) as error:
            log.warning("webhook refused", reason=str(error)[:200])
            raise NotFromStripe from error
        return _hint(event)


def _hint(event: Any) -> Hint | None:
    thing = event.get("data", {}).get("object", {})
    if event.get("type") == "refund.failed":
        log.error("a refund has failed: its buyer has to be paid in another way", refund=thing)
    of_intent = thing.get("object") == "payment_intent"
    intent_id = thing["id"] if of_intent else thing.get("payment_intent")
    return Hint(event_id=event["id"], intent_id=intent_id) if intent_id else None
