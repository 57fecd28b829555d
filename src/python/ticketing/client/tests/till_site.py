"""Pages of the site: one that is kept live, and one where a card pays."""

from datetime import UTC, datetime
from typing import Any

from flask import Response
from playwright.sync_api import Page, expect

from ticketing.client.tests.script_site import Site

PAID = ({"id": "p1"}, 201)
ALERT = "[data-pay-error]"


def live_page(version: int, card: str = "a form", title: str = "Order", notice: str = "") -> str:
    return f"""<title>{title}</title>
    <main data-live-url="/live" data-state-url="/api/state" data-version="{version}"
      data-now="{datetime.now(UTC).isoformat()}">
      <p data-notice>{notice}</p>
      <div data-live="state"><h1>Version {version}</h1><button>Press</button></div>
      <div data-live="card">{card}<input><noscript>It's <b>off</b></noscript></div>
      <p role="status" data-says="version {version}"></p>
    </main>"""


def says(*events: str) -> Response:
    return Response("".join(events), mimetype="text/event-stream")


def versions(site: Site, *numbers: int) -> None:
    """Each connection is told the next version, the last one for ever, and then ends."""
    left = list(numbers)
    site.live = lambda: says(
        "retry: 100\n\n", f'data: {{"version": {left.pop(0) if len(left) > 1 else left[0]}}}\n\n'
    )


def pay_form(site: Site, script: str = "/stripe.js") -> str:
    return f"""<form data-pay data-order="o1" data-amount="2500" data-currency="usd"
      data-key="pk_test" data-script="{site.other_origin}{script}"><div data-card></div>
      <p role="alert" data-pay-error hidden></p><button>Pay $25.00</button></form>"""


def open_till(page: Page, site: Site, *answers: tuple[Any, int]) -> None:
    site.pages["order"] = live_page(0, card=pay_form(site))
    versions(site, 0)
    site.pay = list(answers)
    page.context.add_cookies([{"name": "XSRF-TOKEN", "value": "t1", "url": site.url}])
    page.goto(f"{site.url}/order")
    expect(page.locator("[data-card]")).to_have_text("A card")
    expect(page.locator("form button")).not_to_have_attribute("aria-disabled", "true")


def refused(message: str) -> tuple[Any, int]:
    return {"errors": [{"message": message}]}, 400
