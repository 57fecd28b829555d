"""What the Stripe stand-in has on its books, asked by its own API."""

from typing import Any

import requests

KEY = "sk_test_local"

Json = dict[str, Any]


class StripeBooks:
    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def kept(self, order_id: str) -> int:
        """Cents that were taken for an order and not given back."""
        intents = [each["id"] for each in self._intents() if _is_for(each, order_id)]
        return sum(self._kept(intent) for intent in intents)

    def authenticate(self, client_secret: str) -> None:
        """What a buyer does who passes 3-D Secure."""
        intent = client_secret.split("_secret_")[0]
        form = {"client_secret": client_secret, "outcome": "succeed"}
        self._request("POST", f"/test/payment_intents/{intent}/authenticate", data=form)

    def give_back(self, order_id: str) -> None:
        """A refund as somebody makes it in Stripe's dashboard."""
        for intent in [each["id"] for each in self._intents() if _is_for(each, order_id)]:
            self._request("POST", "/v1/refunds", data={"payment_intent": intent})

    def _intents(self) -> list[Json]:
        return self._list("payment_intents")

    def _kept(self, intent: str) -> int:
        charges = self._list("charges", payment_intent=intent)
        return sum(each["amount_captured"] - each["amount_refunded"] for each in charges)

    def _list(self, kind: str, **filters: str) -> list[Json]:
        page = self._request("GET", f"/v1/{kind}", params={"limit": 100, **filters})
        listed: list[Json] = page["data"]
        return listed

    def _request(self, method: str, path: str, **options: Any) -> Json:
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Authorization": f"Bearer {KEY}"}
            reply = session.request(
                method, self._url + path, headers=headers, timeout=10, **options
            )
        reply.raise_for_status()
        answer: Json = reply.json()
        return answer


def _is_for(intent: Json, order_id: str) -> bool:
    return bool(intent["metadata"].get("orderId") == order_id)
