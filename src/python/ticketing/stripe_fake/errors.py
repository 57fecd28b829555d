"""Stripe's errors: one exception, and a function for each documented kind."""

from typing import Any

Json = dict[str, Any]

INVALID = "invalid_request_error"


def doc_url(code: str) -> str:
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


class StripeError(Exception):
    """An answer other than 200. What was written before it was raised stays written."""

    saved = True
    """Whether Stripe keeps this answer under the request's idempotency key."""

    def __init__(self, status: int, kind: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        self.details: Json = {"type": kind, "message": message}
        self.details |= {name: value for name, value in details.items() if value is not None}
        if code := details.get("code"):
            self.details["doc_url"] = doc_url(code)

    def body(self) -> Json:
        return {"error": self.details}


class NotStartedError(StripeError):
    """Refused before the endpoint began; the idempotency key stays free, as Stripe says."""

    saved = False


def invalid_parameter(message: str, param: str, code: str | None = None) -> NotStartedError:
    return NotStartedError(400, INVALID, message, code=code, param=param)


def missing_parameter(param: str) -> NotStartedError:
    return invalid_parameter(f"Missing required param: {param}.", param, "parameter_missing")


def unauthorized(message: str) -> NotStartedError:
    return NotStartedError(401, INVALID, message)


def secret_key_required() -> NotStartedError:
    message = (
        "This API call cannot be made with a publishable API key. Please use a secret API key. "
        "You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys."
    )
    return NotStartedError(403, INVALID, message, code="secret_key_required")


def wrong_card(
    code: str, message: str, param: str | None, decline_code: str | None = None
) -> NotStartedError:
    """A card that cannot be: as no idempotency key holds the answer, nothing of it is kept."""
    return NotStartedError(
        402, "card_error", message, code=code, decline_code=decline_code, param=param
    )


def wrong_secret() -> StripeError:
    message = "The client_secret provided does not match the client_secret of the PaymentIntent."
    return StripeError(400, INVALID, message, param="client_secret")


def method_spent() -> StripeError:
    message = (
        "The provided PaymentMethod was used before without a Customer, and may not be used again."
    )
    return StripeError(400, INVALID, message, param="payment_method")


def no_such(what: str, name: str, param: str, status: int = 400) -> StripeError:
    """404 for an object named by the path, 400 for one named by a parameter."""
    message = f"No such {what}: '{name}'"
    return StripeError(status, INVALID, message, code="resource_missing", param=param)


def unexpected_state(message: str, intent: Json | None) -> StripeError:
    code = "payment_intent_unexpected_state"
    return StripeError(400, INVALID, message, code=code, payment_intent=intent)


def missing_method(intent: Json | None = None) -> StripeError:
    message = (
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can "
        "either update the PaymentIntent with a payment method and then confirm it again, or "
        "confirm it again directly with a payment method or ConfirmationToken."
    )
    return unexpected_state(message, intent)


def may_redirect(intent: Json | None = None) -> StripeError:
    """Stripe's answer to a confirmation of an intent that was created without types."""
    message = (
        "This PaymentIntent takes every payment method enabled in the Dashboard, and some of "
        "them redirect: confirm with a `return_url`, or create with `allowed_payment_method_types`."
    )
    return StripeError(400, INVALID, message, payment_intent=intent)


def key_in_use(key: str) -> NotStartedError:
    message = (
        "There is currently another in-progress request using this Idempotent Key (that probably "
        f"means you submitted twice, and the other request is still going through): {key}. "
        "Please try again later."
    )
    return NotStartedError(409, INVALID, message, code="idempotency_key_in_use")


def key_reused(key: str, first_path: str, path: str) -> NotStartedError:
    same = "with the same parameters they were first used with"
    if first_path != path:
        same = f"for the same endpoint they were first used for ('{path}' vs '{first_path}')"
    message = (
        f"Keys for idempotent requests can only be used {same}. "
        f"Try using a key other than '{key}' if you meant to execute a different request."
    )
    return NotStartedError(400, "idempotency_error", message)


def server_error() -> StripeError:
    return StripeError(500, "api_error", "An error occurred in the Stripe stand-in; see its log.")
