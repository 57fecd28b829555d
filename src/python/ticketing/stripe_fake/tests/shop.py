"""A page of another origin that takes cards with the stand-in's script, as strict as the client.

It shows how it went in its own document: `data-result` of the form is JSON.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response

from ticketing.stripe_fake.main import OneRequest, Server

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Shop</title>
<link rel="stylesheet" href="/shop.css"><script src="{stripe}/v3/stripe.js"></script>
<script type="module" src="/shop.js"></script></head>
<body><h1>Shop</h1>
<form><div id="card"></div><p role="alert"></p><button>Pay $10.00</button></form>
<button id="confirm" type="button">Confirm</button></body></html>"""

STYLE = """
:root { color-scheme: light dark; }
body { background: light-dark(#fff, #222634); color: light-dark(#1a1f36, #eceef5);
  font-family: system-ui, sans-serif; margin: 1rem; max-width: 30rem; }
"""

SCRIPT = """
const night = matchMedia("(prefers-color-scheme: dark)").matches;
const stripe = Stripe("pk_test_shop");
const elements = stripe.elements({
  mode: "payment", amount: 1000, currency: "usd", paymentMethodCreation: "manual",
  paymentMethodTypes: ["card"], appearance: { theme: night ? "night" : "stripe" },
});
const element = elements.create("payment");
const form = document.querySelector("form");
const end = (result) => (form.dataset.result = JSON.stringify(result));
element.on("ready", () => (form.dataset.ready = "true"));
element.on("loaderror", ({ error }) => end({ loaderror: error }));
element.on("change", (change) => (form.dataset.change = JSON.stringify(change)));
element.mount("#card");
Object.assign(window, { stripe, elements, element });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  delete form.dataset.result;
  const { error } = await elements.submit();
  end(error ? { error } : await stripe.createPaymentMethod({ elements }));
});
document.querySelector("#confirm").addEventListener("click", async () => {
  end(await stripe.handleNextAction({ clientSecret: form.dataset.secret }));
});
"""


@contextmanager
def shop(stripe: str) -> Iterator[str]:
    """The shop's address while it is open; `stripe` is the stand-in's."""
    server = Server("127.0.0.1", 0, _app(stripe), OneRequest)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def _app(stripe: str) -> Flask:
    app = Flask("shop", static_folder=None)
    csp = (
        f"default-src 'none'; script-src 'self' {stripe}; frame-src {stripe}; style-src 'self'; "
        "connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
    )

    def serve(path: str, body: str, mimetype: str) -> None:
        headers = {"Content-Security-Policy": csp}
        view = lambda: Response(body, mimetype=mimetype, headers=headers)  # noqa: E731
        app.add_url_rule(path, path, view)

    serve("/", PAGE.format(stripe=stripe), "text/html")
    serve("/shop.js", SCRIPT, "text/javascript")
    serve("/shop.css", STYLE, "text/css")
    serve("/favicon.ico", "", "image/x-icon")
    return app
