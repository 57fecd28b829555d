"""Stripe's test cards and what each of them does, from docs.stripe.com/testing.

A card is known by three names: its token (`tok_visa`), its payment method (`pm_card_visa`) and,
once it is on a payment method of its own, its fingerprint.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Decline:
    code: str
    message: str
    decline_code: str | None = None
    param: str | None = None


@dataclass(frozen=True, kw_only=True)
class Card:
    number: str
    brand: str = "visa"
    funding: str = "credit"
    asks_buyer: bool = False
    decline: Decline | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.number)


def fingerprint_of(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:16]


def _declined(decline_code: str, message: str = "Your card was declined.") -> Decline:
    return Decline(code="card_declined", decline_code=decline_code, message=message)


_GENERIC = _declined("generic_decline")
_POOR = _declined("insufficient_funds", "Your card has insufficient funds.")
_LOST = _declined("lost_card")
_STOLEN = _declined("stolen_card")
_FRAUDULENT = _declined("fraudulent")
_TOO_OFTEN = _declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently "
    "or exceeding its amount limit.",
)
_EXPIRED = Decline(code="expired_card", message="Your card has expired.", param="exp_month")
_WRONG_CVC = Decline(
    code="incorrect_cvc", message="Your card's security code is incorrect.", param="cvc"
)
_PROCESSING = Decline(
    code="processing_error",
    message="An error occurred while processing your card. Try again in a little bit.",
)

# The names without `visa_` are those of older documentation; Stripe still takes them.
_CARDS = {
    "us": Card(number="4242424242424242"),
    "visa": Card(number="4242424242424242"),
    "visa_debit": Card(number="4000056655665556", funding="debit"),
    "mastercard": Card(number="5555555555554444", brand="mastercard"),
    "mastercard_debit": Card(number="5200828282828210", brand="mastercard", funding="debit"),
    "mastercard_prepaid": Card(number="5105105105105100", brand="mastercard", funding="prepaid"),
    "amex": Card(number="378282246310005", brand="amex"),
    "discover": Card(number="6011111111111117", brand="discover"),
    "diners": Card(number="3056930009020004", brand="diners"),
    "jcb": Card(number="3566002020360505", brand="jcb"),
    "unionpay": Card(number="6200000000000005", brand="unionpay"),
    "visa_chargeDeclined": Card(number="4000000000000002", decline=_GENERIC),
    "chargeDeclined": Card(number="4000000000000002", decline=_GENERIC),
    "chargeCustomerFail": Card(number="4000000000000341", decline=_GENERIC),
    "visa_chargeDeclinedInsufficientFunds": Card(number="4000000000009995", decline=_POOR),
    "chargeDeclinedInsufficientFunds": Card(number="4000000000009995", decline=_POOR),
    "visa_chargeDeclinedLostCard": Card(number="4000000000009987", decline=_LOST),
    "visa_chargeDeclinedStolenCard": Card(number="4000000000009979", decline=_STOLEN),
    "visa_chargeDeclinedFraudulent": Card(number="4100000000000019", decline=_FRAUDULENT),
    "chargeDeclinedFraudulent": Card(number="4100000000000019", decline=_FRAUDULENT),
    "visa_chargeDeclinedVelocityLimitExceeded": Card(number="4000000000006975", decline=_TOO_OFTEN),
    "chargeDeclinedExpiredCard": Card(number="4000000000000069", decline=_EXPIRED),
    "chargeDeclinedIncorrectCvc": Card(number="4000000000000127", decline=_WRONG_CVC),
    "chargeDeclinedProcessingError": Card(number="4000000000000119", decline=_PROCESSING),
    "threeDSecure2Required": Card(number="4000000000003220", asks_buyer=True),
    "threeDSecureRequired": Card(number="4000000000003063", asks_buyer=True),
    "threeDSecureOptional": Card(number="4000000000003055"),
    "threeDSecureRequiredChargeDeclined": Card(
        number="4000008400001629", asks_buyer=True, decline=_GENERIC
    ),
    "authenticationRequired": Card(number="4000002760003184", asks_buyer=True),
    "authenticationRequiredOnSetup": Card(number="4000002500003155", asks_buyer=True),
    "authenticationRequiredSetupForOffSession": Card(number="4000003800000446", asks_buyer=True),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        number="4000008260003178", asks_buyer=True, decline=_POOR
    ),
}
_BY_FINGERPRINT = {card.fingerprint: card for card in _CARDS.values()}


def card_of_token(token: str) -> Card | None:
    return _CARDS.get(token.removeprefix("tok_")) if token.startswith("tok_") else None


def card_of_test_method(method: str) -> Card | None:
    return _CARDS.get(method.removeprefix("pm_card_")) if method.startswith("pm_card_") else None


def card_of_fingerprint(fingerprint: str) -> Card:
    return _BY_FINGERPRINT[fingerprint]


def card_of_number(number: str) -> Card | None:
    return _BY_FINGERPRINT.get(fingerprint_of(number))
