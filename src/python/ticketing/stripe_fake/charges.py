"""Charges: one for every attempt that reached the card, taken or declined."""

from ticketing.stripe_fake.errors import Json
from ticketing.stripe_fake.ids import new_id
from ticketing.stripe_fake.methods import NOBODY, card_of
from ticketing.stripe_fake.outcomes import Decline
from ticketing.stripe_fake.store import Book

_TAKEN = {
    "network_status": "approved_by_network",
    "reason": None,
    "risk_level": "normal",
    "seller_message": "Payment complete.",
    "type": "authorized",
}


def make(book: Book, intent: Json, method: Json, now: int) -> Json:
    decline = card_of(method).decline
    taken = decline is None
    charge = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if taken else 0,
        "amount_refunded": 0,
        "balance_transaction": new_id("txn") if taken else None,
        "billing_details": NOBODY,
        "captured": taken,
        "created": now,
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": _declined(decline) if decline else _TAKEN,
        "paid": taken,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method, intent),
        "receipt_url": None,
        "refunded": False,
        "status": "succeeded" if taken else "failed",
    }
    book.add(charge)
    return charge


def _declined(decline: Decline) -> Json:
    reason = decline.decline_code or decline.code
    return {
        "network_status": "declined_by_network",
        "reason": reason,
        "risk_level": "normal",
        "seller_message": f"The bank returned the decline code `{reason}`.",
        "type": "issuer_declined",
    }


def _details(method: Json, intent: Json) -> Json:
    asked = intent["status"] == "requires_action"
    face = method["card"]
    shown = (
        "brand",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    card = {name: face[name] for name in shown}
    card["amount_authorized"] = intent["amount"]
    card["network"] = face["brand"]
    card["three_d_secure"] = {"result": "authenticated", "version": "2.2.0"} if asked else None
    return {"card": card, "type": "card"}
