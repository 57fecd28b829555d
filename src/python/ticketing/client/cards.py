"""How the browser takes a card: by Stripe's script, or by the stand-in's in its place."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from ticketing.client.settings import ClientSettings

# https://docs.stripe.com/security/guide#content-security-policy
_STRIPE = {
    "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
    "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
    "connect-src": ["https://api.stripe.com"],
    "img-src": ["https://*.stripe.com"],
}


@dataclass(frozen=True)
class Cards:
    """The card script, and what a page that uses it has to allow."""

    settings: ClientSettings

    @property
    def key(self) -> str:
        """The publishable key; empty where cards are not set up."""
        return self.settings.stripe_publishable_key

    @property
    def script(self) -> str:
        """The address of the script that defines `Stripe`."""
        return self.settings.stripe_js_url

    @property
    def names_test_cards(self) -> bool:
        """Whether the page names Stripe's test cards; the stand-in offers them itself."""
        return self.key.startswith("pk_test_") and self._is_stripe

    @property
    def allowances(self) -> dict[str, list[str]]:
        """Sources for the Content-Security-Policy of a page that takes a card."""
        if self._is_stripe:
            return _STRIPE
        origin = self._origin
        return {"script-src": [origin], "frame-src": [origin]}

    @property
    def _origin(self) -> str:
        url = urlsplit(self.script)
        return f"{url.scheme}://{url.netloc}"

    @property
    def _is_stripe(self) -> bool:
        return self._origin == "https://js.stripe.com"
