"""A payment intent as it is asked for: the checks of its parameters, and its first state.

The parameters are those of Stripe's API version 2026-10-28, the one that our SDK asks for; since
2026-09-30 `allowed_payment_method_types` is in the place of `payment_method_types`.
"""

from ticketing.stripe_fake.errors import (
    Json,
    invalid_parameter,
    may_redirect,
    missing_method,
    missing_parameter,
)
from ticketing.stripe_fake.ids import new_id
from ticketing.stripe_fake.methods import PARAMETERS, Choice
from ticketing.stripe_fake.params import Params

MIN_CENTS = 50
MAX_CENTS = 99_999_999

_NEVER_SET = (
    "application",
    "application_fee_amount",
    "canceled_at",
    "cancellation_reason",
    "customer",
    "last_payment_error",
    "latest_charge",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "processing",
    "receipt_email",
    "review",
    "setup_future_usage",
    "shipping",
    "source",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)
_CARD_OPTIONS = {"installments": None, "network": None, "request_three_d_secure": "automatic"}


class NewIntent:
    def __init__(self, params: Params) -> None:
        params.allow(
            "amount",
            "currency",
            "allowed_payment_method_types",
            "payment_method_types",
            "metadata",
            "description",
            "confirm",
            *PARAMETERS,
        )
        self.amount = _amount(params)
        self.currency = _currency(params)
        self.types = _types(params)
        self.metadata = params.metadata()
        self.description = params.text("description")
        self.confirm = params.boolean("confirm")
        self.choice = Choice(params)
        if self.confirm and not self.choice:
            raise missing_method()
        if self.confirm and not self.types:
            raise may_redirect()

    def intent(self, now: int) -> Json:
        intent_id = new_id("pi")
        # As Stripe does since its version 2023-08-16 where the caller names no types.
        automatic = None if self.types else {"allow_redirects": "always", "enabled": True}
        return {
            "id": intent_id,
            "object": "payment_intent",
            **dict.fromkeys(_NEVER_SET),
            "allowed_payment_method_types": self.types or None,
            "amount": self.amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "automatic_payment_methods": automatic,
            "capture_method": "automatic_async",
            "client_secret": new_id(f"{intent_id}_secret", 25),
            "confirmation_method": "automatic",
            "created": now,
            "currency": self.currency,
            "description": self.description,
            "livemode": False,
            "metadata": self.metadata,
            "payment_method_options": {"card": _CARD_OPTIONS},
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
        }


def _amount(params: Params) -> int:
    amount = params.integer("amount")
    if amount is None:
        raise missing_parameter("amount")
    if amount < MIN_CENTS:
        raise invalid_parameter("Amount must be at least $0.50 usd", "amount", "amount_too_small")
    if amount > MAX_CENTS:
        message = "Amount must be no more than $999,999.99"
        raise invalid_parameter(message, "amount", "amount_too_large")
    return amount


def _currency(params: Params) -> str:
    currency = params.required("currency").lower()
    if currency != "usd":
        message = f"Invalid currency: {currency}. Stripe currently supports these currencies: usd"
        raise invalid_parameter(message, "currency")
    return currency


def _types(params: Params) -> list[str]:
    """Those of the types asked for that are to be had here: card, or none if none was named."""
    if "payment_method_types" in params.tree:
        message = (
            "The `payment_method_types` parameter is no longer supported: "
            "use `allowed_payment_method_types`."
        )
        code = "payment_method_types_no_longer_supported"
        raise invalid_parameter(message, "payment_method_types", code)
    asked = params.texts("allowed_payment_method_types")
    if asked and "card" not in asked:
        message = "None of the payment method types allowed can be used: this stand-in takes card."
        raise invalid_parameter(message, "allowed_payment_method_types")
    return ["card"] if asked else []
