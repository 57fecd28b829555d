"""What guards a visitor: the policy of every page, the token of every form, the escaping."""

import dataclasses
import re

import jwt
import msgspec
import pytest

from ticketing.client.cards import Cards
from ticketing.client.tests.scripted import (
    CSRF,
    ID,
    SELLER,
    SETTINGS,
    Services,
    browser,
    order,
    signed_in,
    ticket,
)

FORMS = [
    "/auth/signup",
    "/auth/signin",
    "/auth/signout",
    "/tickets/new",
    f"/tickets/{ID}/edit",
    f"/tickets/{ID}/buy",
    f"/tickets/{ID}/withdraw",
    f"/tickets/{ID}/relist",
    f"/orders/{ID}/cancel",
]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("sent", [{}, {"csrf": ""}, {"csrf": "another-token"}])
def test_a_form_without_the_visitors_token_does_nothing(path: str, sent: dict[str, str]) -> None:
    services = signed_in()
    assert browser(services).post(path, data=sent).status_code == 403
    assert {request.method for request in services.asked} == {"GET"}


def test_a_form_without_a_cookie_is_refused_too() -> None:
    client = browser(Services())
    client.delete_cookie("XSRF-TOKEN")
    assert client.post("/auth/signin", data={"csrf": ""}).status_code == 403


def test_a_first_visit_sets_the_cookie_that_its_forms_carry() -> None:
    client = browser(Services())
    client.delete_cookie("XSRF-TOKEN")
    page = client.get("/auth/signin")
    cookie = client.get_cookie("XSRF-TOKEN")
    assert cookie is not None
    assert f'name="csrf" value="{cookie.value}"' in page.text


def test_the_api_gets_the_token_of_the_form_and_no_cookie_but_the_session() -> None:
    services = signed_in()
    services.says("POST /api/orders", 201, order())
    client = browser(services)
    client.set_cookie("session", "a.b-c_d")
    client.set_cookie("other", "thing")
    client.post(f"/tickets/{ID}/buy", data={"csrf": CSRF})
    [request] = [r for r in services.asked if r.method == "POST"]
    assert request.headers["X-XSRF-TOKEN"] == CSRF
    assert request.headers["Cookie"] == "session=a.b-c_d"


def test_the_session_of_one_visitor_is_not_kept_for_the_next() -> None:
    services = Services()
    cookies = {"Set-Cookie": "session=a.b.c; Path=/"}
    services.says("POST /api/users/signin", 200, {"id": ID, "email": "a@b.c"}, **cookies)
    services.says("GET /api/tickets", 200, [])
    client = browser(services)
    form = {"csrf": CSRF, "email": "a@b.c", "password": "x"}
    assert "session=a.b.c" in str(client.post("/auth/signin", data=form).headers)
    client.delete_cookie("session")
    client.get("/")
    assert [r.headers.get("Cookie") for r in services.asked] == [None] * len(services.asked)


@pytest.mark.parametrize("path", ["/", "/auth/signin", "/nothing", f"/orders/{ID}"])
def test_every_page_forbids_scripts_of_others_and_inline_ones(path: str) -> None:
    services = signed_in()
    services.says(f"GET /api/orders/{ID}", 200, order())
    services.says("GET /api/tickets", 200, [])
    reply = browser(services).get(path)
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert ("cards.example" in policy) == path.startswith("/orders")
    assert not re.search(r"<script(?![^>]*src=)|style=|\son\w+=", reply.text)


def test_an_order_page_lets_the_card_script_and_its_frames_in_and_nothing_else() -> None:
    services = signed_in()
    services.says(f"GET /api/orders/{ID}", 200, order())
    policy = browser(services).get(f"/orders/{ID}").headers["Content-Security-Policy"]
    assert "script-src 'self' http://cards.example:1234;" in policy
    assert "frame-src http://cards.example:1234" in policy
    assert "connect-src 'self';" in policy


def test_with_the_real_stripe_its_own_addresses_are_let_in() -> None:
    settings = msgspec.structs.replace(
        SETTINGS, stripe_js_url="https://js.stripe.com/clover/stripe.js"
    )
    cards = Cards(settings)
    assert cards.allowances["connect-src"] == ["https://api.stripe.com"]
    assert cards.names_test_cards
    assert not dataclasses.replace(
        cards, settings=msgspec.structs.replace(settings, stripe_publishable_key="pk_live_x")
    ).names_test_cards


TITLE = "<script>alert(1)</script>\" onmouseover='x'"


@pytest.mark.parametrize("path", ["/", f"/tickets/{ID}", f"/tickets/{ID}/edit", "/sell"])
def test_a_title_is_only_text(path: str) -> None:
    services = signed_in(SELLER)
    services.says("GET /api/tickets", 200, [ticket(title=TITLE)])
    services.says(f"GET /api/tickets/{ID}", 200, ticket(title=TITLE))
    services.says("GET /api/tickets/mine", 200, [ticket(title=TITLE)])
    services.says("GET /api/tickets/mine/sales", 200, [])
    reply = browser(services).get(path)
    assert reply.status_code == 200
    assert "<script>" not in reply.text
    assert "&lt;script&gt;" in reply.text
    assert TITLE not in reply.text


def test_what_was_typed_is_only_text() -> None:
    services = signed_in()
    errors = {"errors": [{"message": "Title is required", "field": "title"}]}
    services.says("POST /api/tickets", 400, errors)
    typed = {"csrf": CSRF, "title": TITLE, "price": '"><b>'}
    text = browser(services).post("/tickets/new", data=typed).text
    assert TITLE not in text
    assert '"><b>' not in text


def test_what_was_seen_signed_in_is_not_kept_for_who_goes_back() -> None:
    services = signed_in()
    services.says("GET /api/orders", 200, [])
    assert browser(services).get("/orders").headers["Cache-Control"] == "private, no-store"


def test_a_link_cannot_fill_in_the_price_of_a_listing() -> None:
    services = signed_in(SELLER)
    services.says(f"GET /api/tickets/{ID}", 200, ticket())
    text = browser(services).get(f"/tickets/{ID}/edit?price=0.01&title=Mine").text
    assert 'value="25.00"' in text
    assert "0.01" not in text


def session_of(token: str) -> str:
    claims = {"sub": SELLER, "csrf": token}
    return jwt.encode(claims, "a key that nobody here can check, of thirty-two bytes")


def test_a_lost_token_is_taken_from_the_session_again() -> None:
    client = browser(signed_in())
    client.set_cookie("session", session_of("of-the-session"))
    client.delete_cookie("XSRF-TOKEN")
    assert 'name="csrf" value="of-the-session"' in client.get("/auth/nothing").text
    cookie = client.get_cookie("XSRF-TOKEN")
    assert cookie is not None
    assert cookie.value == "of-the-session"


def test_an_empty_token_is_replaced() -> None:
    client = browser(Services())
    client.set_cookie("XSRF-TOKEN", "")
    client.get("/auth/signin")
    cookie = client.get_cookie("XSRF-TOKEN")
    assert cookie is not None
    assert len(cookie.value) > 20


def test_a_session_that_cannot_be_read_breaks_no_page() -> None:
    for session in ("nonsense", "a.b.c", session_of("<b>"), session_of("")):
        client = browser(Services())
        client.set_cookie("session", session)
        assert client.get("/auth/signin").status_code == 200
