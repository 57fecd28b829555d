"""The pages over the real services, all in one process, and visitors who use them."""

import html
import re
from typing import Any

import httpx
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.client.api import connections
from ticketing.client.app import create_app as create_pages
from ticketing.client.settings import ClientSettings
from ticketing.common.runtime.app import create_app
from ticketing.local.tests.bank import GOOD
from ticketing.local.tests.world import World

SETTINGS = ClientSettings(
    auth_url="http://auth",
    tickets_url="http://tickets",
    orders_url="http://orders",
    stripe_publishable_key="pk_test_of_the_tests",
)


class Marketplace:
    """The services of a `World`, and browsers to visit them with."""

    def __init__(self, **env: Any) -> None:
        self.world = World(**env)
        apps = {one.name: create_app(one) for one in self.world.services if one.routes}
        mounts = {f"http://{name}": httpx.WSGITransport(app) for name, app in apps.items()}
        self._pages = create_pages(SETTINGS, connections(mounts=mounts))

    def browser(self) -> "Browser":
        return Browser(self._pages.test_client(), self.world)

    def pay(self, order: str, card: str = GOOD) -> None:
        """As the card script does, with a post of its own to the API; `order` is its path."""
        id = order.rpartition("/")[2]
        [buyer] = [
            o["userId"] for o in self.world.all(self.world.orders, "orders") if o["_id"] == id
        ]
        use_cases = self.world.payments.use_cases
        self.world.try_to(lambda: use_cases.pay(order_id=id, token=card, user_id=buyer))
        self.world.flow()


class Browser:
    """A visitor without JavaScript: reads pages, fills in forms, follows where they lead."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client, self._world = client, world
        self.page: TestResponse = client.get("/")

    @property
    def text(self) -> str:
        """What the page says, without its markup."""
        words = re.sub(r"<(script|svg|noscript).*?</\1>|<[^>]+>", " ", self.page.text, flags=re.S)
        return " ".join(html.unescape(words).split())

    @property
    def path(self) -> str:
        return self.page.request.path

    def open(self, path: str) -> "Browser":
        self.page = self.client.get(path, follow_redirects=True)
        return self

    def send(self, path: str, **fields: str) -> "Browser":
        """Fill in and send a form that the page has."""
        inside = self.page.text.partition(f'action="{path}"')[2].partition("</form>")[0]
        assert inside, f"no form for {path} on this page: {self.text}"
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inside)
        data = {name: html.unescape(value) for name, value in hidden} | fields
        return self.post(path, data)

    def post(self, path: str, data: dict[str, str]) -> "Browser":
        self.page = self.client.post(path, data=data, follow_redirects=True)
        self._world.flow()
        return self

    def has_form(self, path: str) -> bool:
        return f'action="{path}"' in self.page.text

    def sign_up(self, email: str) -> "Browser":
        self.open("/auth/signup")
        return self.send("/auth/signup", email=email, password="correct horse")

    def sell(self, title: str, price: str = "25") -> str:
        """The path of the new ticket."""
        self.open("/tickets/new").send("/tickets/new", title=title, price=price)
        assert self.page.status_code == 200, self.text
        return self.path

    def buy(self, ticket: str) -> str:
        """The path of the order."""
        self.open(ticket).send(f"{ticket}/buy")
        assert self.path.startswith("/orders/"), self.text
        return self.path
