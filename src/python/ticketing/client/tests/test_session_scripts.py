"""A page that is open for longer than a token is good goes on: its scripts renew the session."""

import pytest
from playwright.sync_api import Page, expect

from ticketing.client.tests.script_site import Site
from ticketing.client.tests.till_site import ALERT, PAID, live_page, open_till, says
from ticketing.common.testing.servers import eventually

OVER = ({"errors": [{"message": "Not Authorized"}]}, 401)
GONE = "event: gone\ndata: {}\n\n"
RENEW = ("POST", "/api/users/renew")


def test_a_card_pays_after_the_session_was_renewed(page: Page, site: Site) -> None:
    open_till(page, site, OVER, PAID)
    site.renewals = [200]
    page.click("form button")
    expect(page.locator("form button")).to_have_text("Paid")
    assert [said["token"] for said in site.payments()] == ["pm_1", "pm_1"]
    assert site.count(*RENEW) == 1


def test_a_session_that_is_renewed_in_vain_is_renewed_once(page: Page, site: Site) -> None:
    open_till(page, site, OVER, OVER)
    site.renewals = [200, 200]
    site.pages["order"] = "<main>Sign in</main>"
    page.click("form button")
    expect(page.locator("main")).to_have_text("Sign in")
    assert len(site.payments()) == 2
    assert site.count(*RENEW) == 1


@pytest.mark.parametrize("status", [409, 503])
def test_who_cannot_be_renewed_for_the_moment_is_not_sent_away(
    page: Page, site: Site, status: int
) -> None:
    open_till(page, site, OVER, OVER, PAID)
    site.renewals = [status, 200]
    page.click("form button")
    expect(page.locator(ALERT)).to_contain_text("nothing is charged twice")
    page.click("form button")
    expect(page.locator("form button")).to_have_text("Paid")
    assert {said["token"] for said in site.payments()} == {"pm_1"}


def test_who_pays_too_often_is_told_to_wait_with_the_same_card(page: Page, site: Site) -> None:
    wait = "Too many requests, try again in 20 seconds"
    open_till(page, site, ({"errors": [{"message": wait}]}, 429), PAID)
    page.click("form button")
    expect(page.locator(ALERT)).to_have_text(wait)
    page.click("form button")
    expect(page.locator("form button")).to_have_text("Paid")
    assert [said["token"] for said in site.payments()] == ["pm_1", "pm_1"]


def test_a_stream_goes_on_with_the_renewed_session(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0)
    streams = [GONE]
    site.renewals = [200]
    site.live = lambda: says(streams.pop(0) if streams else 'data: {"version": 1}\n\n')
    page.goto(f"{site.url}/order")
    site.pages["order"] = live_page(1)
    expect(page.locator("h1")).to_have_text("Version 1")
    assert site.count(*RENEW) == 1


def test_a_stream_of_what_is_gone_renews_the_session_once(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0)
    site.renewals = [200, 200, 200]
    site.live = lambda: says(GONE)
    page.goto(f"{site.url}/order")
    eventually(lambda: site.count("GET", "/order") >= 2)
    assert site.count(*RENEW) == 1


def test_asking_goes_on_with_the_renewed_session(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0)
    states = [OVER]
    site.renewals = [200]
    site.state = lambda: states.pop(0) if states else ({"version": 1}, 200)
    page.goto(f"{site.url}/order")
    site.pages["order"] = live_page(1)
    expect(page.locator("h1")).to_have_text("Version 1")
    assert site.count(*RENEW) == 1
