"""Assets: kept for ever under the hash of their content."""

import re

from ticketing.client.tests.scripted import Services, browser

CLIENT = browser(Services())


def style_address() -> str:
    found = re.search(r'href="(/assets/[^"]+/style.css)"', CLIENT.get("/auth/signin").text)
    assert found is not None
    return found[1]


def test_an_asset_may_be_kept_for_ever() -> None:
    reply = CLIENT.get(style_address())
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.content_type == "text/css; charset=utf-8"


def test_an_asset_under_an_old_address_is_todays_and_not_kept() -> None:
    reply = CLIENT.get("/assets/0123456789ab/style.css")
    assert reply.data == CLIENT.get(style_address()).data
    assert reply.headers["Cache-Control"] == "no-cache"


def test_there_are_no_other_assets() -> None:
    assert CLIENT.get("/assets/0123456789ab/base.html").status_code == 404
    assert CLIENT.get("/assets/0123456789ab/..%2fapp.py").status_code == 404


def test_a_page_may_not_be_kept() -> None:
    assert CLIENT.get("/auth/signin").headers["Cache-Control"] == "private, no-cache"
