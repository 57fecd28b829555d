"""What the client's processes read from the environment."""

from ticketing.common.web.settings import WebSettings


class ClientSettings(WebSettings, frozen=True, kw_only=True, rename="upper"):
    """The services' own addresses, and what the browser needs to take a card.

    Without `stripe_publishable_key` the pages say that cards are not set up.
    """

    auth_url: str
    tickets_url: str
    orders_url: str
    stripe_publishable_key: str = ""
    stripe_js_url: str = "https://js.stripe.com/clover/stripe.js"
