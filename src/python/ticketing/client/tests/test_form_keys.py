"""Forms that create carry a key, so that what is sent twice is done once."""

import re

import httpx
import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.client.tests.scripted import CSRF, ID, Services, browser, order, signed_in, ticket

RUNNING = {"errors": [{"message": "The first request with this Idempotency-Key is still running"}]}
OTHER = {"errors": [{"message": "This Idempotency-Key was used for another request"}]}
FORMS = {
    "/auth/signup": ("users/signup", "/auth/signup"),
    "/tickets/new": ("tickets", "/tickets/new"),
    f"/tickets/{ID}": ("orders", f"/tickets/{ID}/buy"),
}


def key_of(page: TestResponse, action: str) -> str:
    form = page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
    [key] = re.findall(r'name="key" value="([^"]+)"', form)
    return str(key)


def sent(services: Services, kind: str) -> list[str | None]:
    """The keys of the POSTs of this kind."""
    path = f"/api/{kind}"
    posts = [one for one in services.asked if one.method == "POST" and one.url.path == path]
    return [one.headers.get("Idempotency-Key") for one in posts]


def list_ticket(client: FlaskClient, **more: str) -> TestResponse:
    return client.post("/tickets/new", data={"csrf": CSRF, "title": "x", "price": "1", **more})


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_creates_sends_its_pages_key_and_each_page_has_another(path: str) -> None:
    kind, action = FORMS[path]
    services = Services() if "auth" in path else signed_in()
    services.says(f"GET /api/tickets/{ID}", 200, ticket())
    services.says(f"POST /api/{kind}", 401, {"errors": [{"message": "Not Authorized"}]})
    client = browser(services)
    first, second = (key_of(client.get(path), action) for _ in range(2))
    assert first != second
    client.post(action, data={"csrf": CSRF, "key": first})
    client.post(action, data={"csrf": CSRF, "key": first})
    assert sent(services, kind) == [first, first]


def test_what_was_typed_is_sent_on_without_what_the_page_put_there() -> None:
    services = signed_in()
    services.says("POST /api/tickets", 201, ticket())
    list_ticket(browser(services), key="k")
    assert msgspec.json.decode(services.asked[-1].content) == {"title": "x", "price": "1"}


def test_what_a_form_with_a_key_sent_is_sent_again_where_no_answer_came() -> None:
    services = signed_in()

    def answer(_: httpx.Request) -> httpx.Response:
        if len(sent(services, "orders")) == 1:
            raise httpx.RemoteProtocolError("closed")
        return httpx.Response(201, json=order())

    services.breaks("POST /api/orders", answer)
    reply = browser(services).post(f"/tickets/{ID}/buy", data={"csrf": CSRF, "key": "k"})
    assert reply.location == f"/orders/{ID}"
    assert sent(services, "orders") == ["k", "k"]


def test_the_second_of_two_clicks_waits_for_the_first() -> None:
    services = signed_in()
    replies = iter([httpx.Response(409, json=RUNNING), httpx.Response(201, json=ticket())])
    services.breaks("POST /api/tickets", lambda _: next(replies))
    assert list_ticket(browser(services), key="k").location == f"/tickets/{ID}"
    assert sent(services, "tickets") == ["k", "k"]


def test_what_takes_too_long_asks_for_a_moment() -> None:
    services = signed_in()
    services.says("POST /api/tickets", 409, RUNNING)
    reply = list_ticket(browser(services), key="k")
    assert reply.status_code == 503
    assert "One moment, please" in reply.text
    assert "Idempotency" not in reply.text


def test_another_text_in_a_form_that_was_sent_is_asked_about_and_can_then_be_sent() -> None:
    services = signed_in()
    services.says("POST /api/tickets", 422, OTHER)
    reply = list_ticket(browser(services), key="k")
    assert reply.status_code == 400
    assert "This form was sent before, with something else in it." in reply.text
    assert 'value="x"' in reply.text
    assert key_of(reply, "/tickets/new") != "k"


def test_a_mistake_is_mended_under_a_new_key() -> None:
    services = signed_in()
    wrong = {"errors": [{"message": "Title is required", "field": "title"}]}
    services.says("POST /api/tickets", 400, wrong)
    reply = list_ticket(browser(services), key="k")
    assert key_of(reply, "/tickets/new") != "k"


@pytest.mark.parametrize("junk", ["", "a b", "a\r\nX-Evil: 1", "ä", "k" * 256])
def test_what_is_no_key_of_ours_goes_no_further(junk: str) -> None:
    services = signed_in()
    services.says("POST /api/tickets", 201, ticket())
    assert list_ticket(browser(services), key=junk).status_code == 303
    assert sent(services, "tickets") == [None]
