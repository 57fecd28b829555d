"""A site for the tests of the scripts, with pages and answers set by them; a strict policy."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import make_server

from ticketing.client.assets import Assets

STRIPE = """
window.told = [];
window.Stripe = (key) => ({
  elements: (options) => ({
    submit: async () => ({}),
    create: () => {
      const heard = {};
      return {
        on: (name, react) => { heard[name] = react; },
        mount: (place) => { place.append("A card"); setTimeout(() => heard.ready(), 10); },
        destroy: () => {},
      };
    },
    options,
  }),
  createPaymentMethod: async () => {
    told.push("card");
    return { paymentMethod: { id: `pm_${told.filter((it) => it === "card").length}` } };
  },
  handleNextAction: async ({ clientSecret }) => {
    told.push(clientSecret);
    return clientSecret === "cancelled" ? { error: { message: "You did not confirm" } } : {};
  },
});
"""


class Site:
    """Each path of `pages` is an HTML body; `pay` holds what paying is answered in turn, `renewals`
    the statuses that renewing the session has: 401 when there are no more.
    """

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.state: Callable[[], Any] = lambda: ({"version": 0}, 200)
        self.live: Callable[[], Any] = lambda: ("", 503)
        self.pay: list[tuple[Any, int]] = []
        self.renewals: list[int] = []
        self.asked: list[tuple[str, str, Any]] = []
        self.app = Flask("site", static_folder=None)
        Assets().init_app(self.app)
        views: dict[str, Callable[[], Any]] = {
            "/stripe.js": lambda: Response(STRIPE, mimetype="text/javascript"),
            "/live": lambda: self.live(),
            "/api/state": lambda: self.state(),
        }
        for path, view in views.items():
            self.app.add_url_rule(path, path, view)
        self.app.add_url_rule("/api/payments", view_func=self._paid, methods=["POST"])
        self.app.add_url_rule("/api/users/renew", view_func=self._renew, methods=["POST"])
        self.app.add_url_rule("/<path>", view_func=self._page, methods=["GET", "POST"])
        self.app.after_request(self._policy)
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.other_origin = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def count(self, method: str, path: str) -> int:
        return sum(asked[:2] == (method, path) for asked in self.asked)

    def payments(self) -> list[Any]:
        return [said for method, path, said in self.asked if path == "/api/payments"]

    def _paid(self) -> Any:
        said = {**request.get_json(), "csrf": request.headers.get("X-XSRF-TOKEN")}
        self.asked.append(("POST", "/api/payments", said))
        return self.pay.pop(0)

    def _renew(self) -> Any:
        self.asked.append(("POST", "/api/users/renew", None))
        return {}, self.renewals.pop(0) if self.renewals else 401

    def _page(self, path: str) -> Any:
        self.asked.append((request.method, f"/{path}", None))
        if path not in self.pages:
            return "nothing", 404
        head = '<meta charset="utf-8"><script type="module" src="/assets/a/app.js"></script>'
        return f'<!doctype html><html lang="en"><head>{head}</head>{self.pages[path]}</html>'

    def _policy(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' {self.other_origin}; connect-src 'self';"
            " style-src 'self'; form-action 'self'"
        )
        return response
