"""Cards as a browser sends them."""

from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

METHODS = "/v1/payment_methods"
PUBLISHABLE = {"Authorization": "Bearer pk_test_stand_in"}
VISA = "4242424242424242"


def typed(number: str = VISA, **change: str | None) -> dict[str, str]:
    """The form's fields; a change of None leaves the field out."""
    card = {"number": number, "exp_month": "12", "exp_year": "2034", "cvc": "123", **change}
    fields = {f"card[{name}]": value for name, value in card.items() if value is not None}
    return {"type": "card", **fields}


def send(http: FlaskClient, fields: dict[str, str], key: str | None = None) -> TestResponse:
    headers = PUBLISHABLE | ({"Idempotency-Key": key} if key else {})
    return http.post(METHODS, data=fields, headers=headers)


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
