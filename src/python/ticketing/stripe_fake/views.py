"""What a buyer's browser is shown: less than the holder of a secret key sees, as on Stripe."""

from ticketing.stripe_fake.errors import Json

_OF_INTENT = (
    "id",
    "object",
    "amount",
    "amount_details",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_types",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "source",
    "status",
)


def method(whole: Json) -> Json:
    card = {name: value for name, value in whole["card"].items() if name != "fingerprint"}
    return whole | {"card": card}


def intent(whole: Json) -> Json:
    shown = {name: whole[name] for name in _OF_INTENT}
    if error := whole["last_payment_error"]:
        shown["last_payment_error"] = error | {"payment_method": method(error["payment_method"])}
    return shown
