"""Somebody at a browser: finds things by their names and roles, as anyone would."""

import re
import uuid
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    FrameLocator,
    Locator,
    Response,
    expect,
)

PASSWORD = "correct horse battery"

# An answer of 4xx or 5xx to a form or to the script is a normal part of a visit; the text says
# nothing of which it was, but the address does.
ANSWER = re.compile(r"Failed to load resource: the server responded with a status of")
NEWS = re.compile("/live/|/api/(tickets|orders)/")
PARTS_OF_PAGES = ("/assets/", "/frames/", "/v3/")


class Person:
    """With cookies of their own. What went wrong in the page's console is in `problems`."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.problems: list[str] = []
        self.email = f"{uuid.uuid4().hex[:12]}@example.com"
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))

    def forgive(self, pattern: str) -> None:
        """For tests that break something on purpose."""
        self.problems[:] = [each for each in self.problems if not re.search(pattern, each)]

    def go(self, path: str) -> Response:
        answer = self.page.goto(self.url + path)
        assert answer is not None
        return answer

    def hear_of_nothing(self) -> None:
        """Pages stay as they came."""
        self.page.route(NEWS, lambda route: route.fulfill(status=503))

    def hear_of_changes(self) -> None:
        """As ever; a page that is open hears within a second or two."""
        self.page.unroute(NEWS)

    @property
    def path(self) -> str:
        """Where the page is now, without the query."""
        return self.page.url.removeprefix(self.url).partition("?")[0]

    def sign_up(self) -> "Person":
        """By the form, as on the first visit."""
        self.go("/auth/signup")
        self.fill("Email", self.email)
        self.fill("Password", PASSWORD)
        self.press("Sign up")
        expect(self.button("Sign out")).to_be_visible()
        return self

    def join(self) -> "Person":
        """Signs up without the form, for tests about something else."""
        body = {"email": self.email, "password": PASSWORD}
        reply = self.context.request.post(f"{self.url}/api/users/signup", data=body)
        assert reply.status == 201, reply.text()
        return self

    def sell(self, title: str, price: str) -> str:
        """By the form; returns the ticket's path."""
        self.go("/tickets/new")
        self.fill("Title", title)
        self.fill("Price", price)
        self.press("List ticket")
        expect(self.heading(title)).to_be_visible()
        return self.path

    def buy(self, ticket_path: str) -> str:
        """Holds the ticket; returns the order's path."""
        self.go(ticket_path)
        self.press("Buy")
        self.page.wait_for_url("**/orders/*")
        return self.path

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The API, with this browser's session, for what is not the matter of a test."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        reply = self.context.request.fetch(
            f"{self.url}/api{path}",
            method=method,
            data=body,
            headers={"X-XSRF-TOKEN": cookies.get("XSRF-TOKEN", "")},
        )
        assert reply.ok, f"{reply.status} {reply.text()}"
        return reply.json() if reply.body() else None

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("link", name=name)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", level=1, name=name)

    def press(self, name: str) -> None:
        self.button(name).click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def card(self) -> FrameLocator:
        return self.page.frame_locator("iframe[title^='Secure card']")

    def take_card(self, name: str) -> None:
        """One of the test cards that the stand-in offers."""
        self.card().get_by_role("button", name=name).click()

    def bank(self) -> FrameLocator:
        """The one who asks back, at 3-D Secure."""
        return self.page.frame_locator("dialog iframe")

    def pay(self) -> None:
        self.page.get_by_role("button", name=re.compile(r"^Pay \$")).click()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        address = message.location["url"]
        if ANSWER.search(message.text) and not any(part in address for part in PARTS_OF_PAGES):
            return
        self.problems.append(f"{message.type}: {message.text} ({address})")
