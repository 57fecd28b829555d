"""Refunds: money given back from a charge that was taken, never more than was taken."""

from ticketing.stripe_fake import events, intents
from ticketing.stripe_fake.errors import INVALID, Json, StripeError, invalid_parameter, no_such
from ticketing.stripe_fake.ids import new_id
from ticketing.stripe_fake.params import Params
from ticketing.stripe_fake.store import Book

_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


class NewRefund:
    def __init__(self, params: Params) -> None:
        params.allow("payment_intent", "charge", "amount", "reason", "metadata")
        self.intent_id = params.text("payment_intent")
        self.charge_id = params.text("charge")
        self.amount = params.integer("amount")
        self.reason = params.one_of("reason", *_REASONS)
        self.metadata = params.metadata()
        if not self.intent_id and not self.charge_id:
            message = (
                "One of the following params should be provided for this request: "
                "payment_intent or charge."
            )
            raise invalid_parameter(message, "payment_intent", "parameter_missing")


def create(book: Book, params: Params, now: int) -> Json:
    wanted = NewRefund(params)
    charge = _charge(book, wanted)
    amount = _amount(charge, wanted.amount)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    book.save(charge)
    refund = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn"),
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": wanted.metadata,
        "payment_intent": charge["payment_intent"],
        "reason": wanted.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    book.add(refund)
    events.record(book, "refund.created", refund, now)
    events.record(book, "charge.refunded", charge, now)
    return refund


def _charge(book: Book, wanted: NewRefund) -> Json:
    charge = None
    if wanted.charge_id:
        charge = book.find("charge", wanted.charge_id)
        if charge is None:
            raise no_such("charge", wanted.charge_id, "id", 404)
    intent_id = wanted.intent_id or (charge or {})["payment_intent"]
    intent = intents.find(book, intent_id, param="payment_intent", status=400)
    if charge and charge["payment_intent"] != intent["id"]:
        message = f"Charge {charge['id']} does not belong to PaymentIntent {intent['id']}."
        raise StripeError(400, INVALID, message, param="charge")
    charge = charge or book.find("charge", intent["latest_charge"] or "")
    if charge is None or not charge["paid"]:
        message = (
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        )
        raise StripeError(400, INVALID, message, param="payment_intent")
    return charge


def _amount(charge: Json, wanted: int | None) -> int:
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(400, INVALID, message, code="charge_already_refunded")
    if wanted is not None and wanted > left:
        message = (
            f"Refund amount ({_dollars(wanted)}) is greater than unrefunded amount on charge "
            f"({_dollars(left)})"
        )
        raise StripeError(400, INVALID, message, param="amount")
    return wanted or left


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02}"
