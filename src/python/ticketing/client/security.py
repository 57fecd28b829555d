"""What the browser may do with a page: headers on every answer, a token in every form."""

from flask import Flask, Response, request

from ticketing.client.cards import Cards
from ticketing.client.visitor import form_is_ours

POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TAKES_CARDS = "buying.order"


class StaleFormError(Exception):
    """A form without the visitor's token: from another site, or from before signing in."""


class Security:
    """Adds the headers and checks the forms of an application."""

    def __init__(self, cards: Cards) -> None:
        self._strict = _written(POLICY)
        self._with_cards = _written(_joined(POLICY, cards.allowances))

    def init_app(self, app: Flask) -> None:
        app.before_request(_check_form)
        app.after_request(self._protect)

    def _protect(self, response: Response) -> Response:
        takes_cards = request.endpoint == TAKES_CARDS
        policy = self._with_cards if takes_cards else self._strict
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.extend(HEADERS)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def _check_form() -> None:
    if request.method == "POST" and not form_is_ours():
        raise StaleFormError


def _joined(policy: dict[str, list[str]], more: dict[str, list[str]]) -> dict[str, list[str]]:
    names = [*policy, *(name for name in more if name not in policy)]
    return {name: policy.get(name, []) + more.get(name, []) for name in names}


def _written(policy: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items())
