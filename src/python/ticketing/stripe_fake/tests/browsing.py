"""A buyer at the shop: what is on the page, and what the page came to hear."""

import json
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, FrameLocator, Locator, Page

# Wraps what receives messages in the page, so that a test can read all that came.
LISTEN = """(() => {
  window.heard = [];
  window.channels = 0;
  const hear = ({ data }) => heard.push(JSON.stringify(data));
  addEventListener("message", hear);
  window.MessageChannel = class extends MessageChannel {
    constructor() { super(); channels += 1; this.port1.addEventListener("message", hear); }
  };
})()"""

# Landmarks and the first heading are the page's affair: a frame is a part of it.
OF_PAGES = ("landmark-one-main", "page-has-heading-one", "region")


class Buyer:
    def __init__(self, page: Page, shop: str) -> None:
        self.page = page
        self.shop = shop
        self.complaints: list[str] = []
        page.add_init_script(LISTEN)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def come(self) -> "Buyer":
        self.page.goto(self.shop)
        self.page.wait_for_selector("form[data-ready]")
        return self

    @property
    def card(self) -> FrameLocator:
        return self.page.frame_locator("#card iframe")

    @property
    def bank(self) -> FrameLocator:
        return self.page.frame_locator("dialog iframe")

    def field(self, name: str) -> Locator:
        return self.card.get_by_label(name)

    def write(self, number: str, expiry: str = "1234", cvc: str = "123") -> None:
        for name, text in (("Card number", number), ("Expiry date", expiry), ("Security", cvc)):
            self.field(name).fill("")
            self.field(name).press_sequentially(text)

    def pay(self) -> Any:
        self.page.get_by_role("button", name="Pay").click()
        return self.result()

    def result(self) -> Any:
        return json.loads(self._data("result"))

    def change(self) -> Any:
        return json.loads(self._data("change"))

    def confirm(self, client_secret: str) -> None:
        self.page.evaluate(
            "secret => { const { dataset } = document.forms[0];"
            " dataset.secret = secret; delete dataset.result; }",
            client_secret,
        )
        self.page.get_by_role("button", name="Confirm").click()
        self.bank.get_by_role("button", name="Complete authentication").wait_for()

    def focused(self) -> str:
        """The text of what has the focus in the shop's own document."""
        return str(self.page.evaluate("document.activeElement.textContent"))

    def _data(self, name: str) -> str:
        form = self.page.wait_for_selector(f"form[data-{name}]")
        assert form is not None
        return form.get_attribute(f"data-{name}") or ""


def frame_of(page: Page, path: str) -> Frame:
    (frame,) = (frame for frame in page.frames if f"/frames/{path}" in frame.url)
    return frame


def barriers(frame: Frame, background: str) -> list[str]:
    """What axe finds in a frame, painted as the page behind it is, which axe cannot see."""
    frame.evaluate("colour => { document.body.style.background = colour; }", background)
    found = Axe().run(frame).response["violations"]
    own = [one for one in found if one["id"] not in OF_PAGES]
    return [f"{one['id']}: {node['html']}" for one in own for node in one["nodes"]]
