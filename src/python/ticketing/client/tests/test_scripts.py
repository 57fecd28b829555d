"""What the scripts do in a browser: live pages, countdowns, times, forms and cards."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from ticketing.client.tests.script_site import Site
from ticketing.client.tests.till_site import (
    ALERT,
    PAID,
    live_page,
    open_till,
    pay_form,
    refused,
    says,
    versions,
)
from ticketing.common.testing.servers import eventually


def test_a_change_swaps_what_differs_and_keeps_what_is_being_filled_in(
    page: Page, site: Site
) -> None:
    site.pages["order"] = live_page(0)
    versions(site, 0)
    page.goto(f"{site.url}/order")
    page.fill("input", "4242")
    page.focus("button")
    site.pages["order"] = live_page(1, title="Order paid")
    versions(site, 1)
    expect(page.locator("h1")).to_have_text("Version 1")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("main")).to_have_attribute("data-version", "1")
    expect(page).to_have_title("Order paid")
    assert page.input_value("input") == "4242"
    assert site.count("GET", "/order") == 2


def test_a_change_is_told_once_to_who_reads_the_page(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0)
    versions(site, 0)
    page.goto(f"{site.url}/order")
    expect(page.get_by_role("status")).to_be_empty()
    site.pages["order"] = live_page(1)
    versions(site, 1)
    expect(page.get_by_role("status")).to_have_text("version 1")
    page.focus("button")
    site.pages["order"] = live_page(2)
    versions(site, 2)
    expect(page.locator("h1")).to_be_focused()
    expect(page.get_by_role("status")).to_be_empty()


def stop_clock(page: Page, ahead: timedelta = timedelta()) -> None:
    """The time of the page, so far before ours, passes only when a test lets it."""
    now = datetime.now(UTC) + ahead
    page.clock.install(time=now)
    page.clock.pause_at(now + timedelta(hours=1))


def test_a_notice_goes_with_the_version_that_it_was_about(page: Page, site: Site) -> None:
    stop_clock(page)
    site.pages["order"] = live_page(0, notice="Already reserved!")
    versions(site, 0)
    page.goto(f"{site.url}/order")
    site.pages["order"] = live_page(0).replace("Version 0", "Looked again")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.locator("h1")).to_have_text("Looked again")
    expect(page.locator("[data-notice]")).to_have_text("Already reserved!")
    site.pages["order"] = live_page(1)
    versions(site, 1)
    expect(page.locator("h1")).to_have_text("Version 1")
    page.clock.run_for(4900)  # time to read it
    expect(page.locator("[data-notice]")).to_have_text("Already reserved!")
    page.clock.run_for(100)
    expect(page.locator("[data-notice]")).to_have_count(0)


def test_without_a_stream_it_asks_each_second(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0)
    page.goto(f"{site.url}/order")
    site.pages["order"] = live_page(1)
    site.state = lambda: ({"version": 1}, 200)
    expect(page.locator("h1")).to_have_text("Version 1")


def test_a_page_that_is_older_than_the_news_is_fetched_again(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0)
    versions(site, 1)
    page.goto(f"{site.url}/order")
    eventually(lambda: site.count("GET", "/order") > 1)
    site.pages["order"] = live_page(1)
    expect(page.locator("h1")).to_have_text("Version 1")


def test_what_is_gone_is_loaded_anew(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0)
    site.live = lambda: says("event: gone\ndata: {}\n\n")
    page.goto(f"{site.url}/order")
    expect(page.locator("h1")).to_have_text("Version 0")
    del site.pages["order"]
    site.live = lambda: says("event: gone\ndata: {}\n\n")
    page.reload()
    expect(page.locator("body")).to_have_text("nothing")


def test_a_session_that_ended_elsewhere_leads_to_where_the_server_says(
    page: Page, site: Site
) -> None:
    site.pages["order"] = live_page(0)
    page.goto(f"{site.url}/order")
    del site.pages["order"]
    site.state = lambda: ({"errors": []}, 401)
    expect(page.locator("body")).to_have_text("nothing")


def test_back_shows_the_page_as_it_is_now(page: Page, site: Site) -> None:
    site.pages.update(order=live_page(0), other="<main>Other</main>")
    versions(site, 0)
    page.goto(f"{site.url}/order")
    page.goto(f"{site.url}/other")
    site.pages["order"] = live_page(0).replace("Version 0", "Today")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Today")


def test_a_hidden_page_holds_no_connection_and_is_up_to_date_when_it_is_seen(
    page: Page, site: Site
) -> None:
    site.pages["order"] = live_page(0)
    versions(site, 0)
    page.goto(f"{site.url}/order")
    change = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => nowHidden})")
    page.evaluate(f"window.nowHidden = true; {change}")
    site.pages["order"] = live_page(1)
    versions(site, 1)
    page.wait_for_timeout(500)
    expect(page.locator("h1")).to_have_text("Version 0")
    page.evaluate(f"window.nowHidden = false; {change}")
    expect(page.locator("h1")).to_have_text("Version 1")


def countdown(seconds: float) -> str:
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    return f"""<div data-countdown data-ends="{ends.isoformat()}">
      <progress data-moves max="60" value="{seconds}"></progress>
      <strong data-left data-moves>{seconds}</strong></div>"""


def test_a_countdown_goes_by_the_clock_of_the_server(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0, card=countdown(11))
    versions(site, 0)
    stop_clock(page, ahead=timedelta(minutes=5))
    page.goto(f"{site.url}/order")
    expect(page.locator("[data-left]")).to_have_text("0:11")
    expect(page.get_by_role("status")).to_be_empty()
    page.clock.run_for(1000)
    expect(page.locator("[data-left]")).to_have_text("0:10")
    expect(page.get_by_role("status")).to_have_text("10 seconds left")
    assert 9.9 < page.evaluate("document.querySelector('progress').value") <= 10


def test_a_countdown_is_corrected_and_not_begun_again_by_a_page_at_the_same_version(
    page: Page, site: Site
) -> None:
    hold = countdown(40)
    site.pages["order"] = live_page(0, card=hold)
    versions(site, 0)
    page.goto(f"{site.url}/order")
    page.evaluate("document.querySelector('progress').title = 'the first'")
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 300000; }")
    expect(page.locator("[data-left]")).to_have_text("0:00")
    site.pages["order"] = live_page(0, card=hold.replace(">40<", ">39<"))
    expect(page.locator("[data-left]")).to_have_text(re.compile("0:[1-3]."))
    expect(page.locator("progress")).to_have_attribute("title", "the first")


def test_at_its_end_it_asks_what_has_become_of_the_order(page: Page, site: Site) -> None:
    site.pages["order"] = live_page(0, card=countdown(1))
    versions(site, 0)
    stop_clock(page)
    page.goto(f"{site.url}/order")
    page.clock.run_for(1000)
    expect(page.get_by_role("status")).to_have_text("Time is over")
    expect(page.locator("[data-left]")).to_have_text("0:00")
    site.pages["order"] = live_page(1, card="expired")
    page.clock.run_for(1000)
    expect(page.locator("[data-live=card]")).to_have_text("expired")


def test_times_are_in_the_zone_of_the_visitor(page: Page, site: Site) -> None:
    site.pages["list"] = (
        '<time datetime="2026-11-22T16:07:00Z" data-local>22 Nov 2026, 16:07 UTC</time>'
        '<time datetime="soon" data-local>soon</time>'
    )
    page.goto(f"{site.url}/list")
    first = page.locator("time").first
    expect(first).to_have_text("Nov 22, 2026, 11:07 EST")
    expect(first).to_have_attribute("title", "22 Nov 2026, 16:07 UTC")
    expect(page.locator("time").last).to_have_text("soon")


def test_a_form_is_sent_once_and_can_be_sent_again_after_back(page: Page, site: Site) -> None:
    site.pages["form"] = '<form method="post" action="/done"><button>Buy</button></form>'
    site.pages["done"] = "<main>Done</main>"
    page.goto(f"{site.url}/form")
    page.evaluate("for (const i of [1, 2, 3]) document.querySelector('button').click()")
    expect(page.locator("main")).to_have_text("Done")
    assert site.count("POST", "/done") == 1
    page.go_back()
    expect(page.locator("button")).not_to_have_attribute("aria-disabled", "true")
    page.click("button")
    expect(page.locator("main")).to_have_text("Done")
    assert site.count("POST", "/done") == 2


def test_a_card_pays_once_and_the_page_is_fetched(page: Page, site: Site) -> None:
    open_till(page, site, PAID)
    site.pages["order"] = live_page(1, card="<p>Complete</p>")
    page.evaluate("for (const i of [1, 2, 3]) document.querySelector('form button').click()")
    expect(page.locator("[data-live=card] p")).to_have_text("Complete")
    assert site.payments() == [{"orderId": "o1", "token": "pm_1", "csrf": "t1"}]


def test_the_form_says_paid_until_the_page_follows(page: Page, site: Site) -> None:
    open_till(page, site, PAID)
    page.click("form button")
    expect(page.locator("form button")).to_have_text("Paid")
    page.click("form button", force=True)
    assert len(site.payments()) == 1


def test_after_a_decline_the_card_is_taken_anew(page: Page, site: Site) -> None:
    open_till(page, site, refused("Your card was declined."), PAID)
    page.click("form button")
    expect(page.locator(ALERT)).to_have_text("Your card was declined.")
    expect(page.locator("form button")).to_have_text("Pay $25.00")
    expect(page.locator("form button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("form button")).to_have_text("Paid")
    assert [said["token"] for said in site.payments()] == ["pm_1", "pm_2"]


@pytest.mark.parametrize("status", [404, 409, 500, 503])
def test_after_no_answer_the_same_payment_is_asked_for_again(
    page: Page, site: Site, status: int
) -> None:
    open_till(page, site, ({"errors": [{"message": "?"}]}, status), PAID)
    page.click("form button")
    expect(page.locator(ALERT)).to_contain_text("nothing is charged twice")
    page.click("form button")
    expect(page.locator("form button")).to_have_text("Paid")
    assert [said["token"] for said in site.payments()] == ["pm_1", "pm_1"]


def test_a_lost_answer_is_asked_for_again(page: Page, site: Site) -> None:
    open_till(page, site, PAID)
    page.route("**/api/payments", lambda route: route.abort(), times=1)
    page.click("form button")
    expect(page.locator(ALERT)).to_contain_text("nothing is charged twice")
    page.click("form button")
    expect(page.locator("form button")).to_have_text("Paid")
    assert [said["token"] for said in site.payments()] == ["pm_1"]


def test_the_bank_asks_and_then_it_is_paid(page: Page, site: Site) -> None:
    open_till(page, site, ({"id": "p1", "clientSecret": "asks"}, 202), PAID)
    page.click("form button")
    expect(page.locator("form button")).to_have_text("Paid")
    assert [said["token"] for said in site.payments()] == ["pm_1", "pm_1"]
    assert page.evaluate("told") == ["card", "asks"]


def test_who_does_not_confirm_is_told_and_can_try_again(page: Page, site: Site) -> None:
    open_till(page, site, ({"id": "p1", "clientSecret": "cancelled"}, 202), PAID)
    page.click("form button")
    expect(page.locator(ALERT)).to_have_text("You did not confirm")
    page.click("form button")
    expect(page.locator("form button")).to_have_text("Paid")
    assert [said["token"] for said in site.payments()] == ["pm_1", "pm_2"]


def test_who_was_signed_out_gets_the_page_anew(page: Page, site: Site) -> None:
    open_till(page, site, ({"errors": [{"message": "Not Authorized"}]}, 401))
    site.pages["order"] = "<main>Sign in</main>"
    page.click("form button")
    expect(page.locator("main")).to_have_text("Sign in")


def test_a_card_form_that_cannot_be_had_is_told_and_asked_for_again(page: Page, site: Site) -> None:
    site.pages["order"] = f"<main>{pay_form(site)}</main>"
    page.route(f"{site.other_origin}/stripe.js", lambda route: route.abort(), times=1)
    page.goto(f"{site.url}/order")
    expect(page.locator(ALERT)).to_contain_text("could not be loaded")
    page.click("form button")
    expect(page.locator("[data-card]")).to_have_text("A card")
    expect(page.locator(ALERT)).to_be_hidden()
    assert site.payments() == []


def test_a_page_without_any_of_it_is_left_alone(page: Page, site: Site) -> None:
    site.pages["plain"] = "<main><h1>Plain</h1></main>"
    page.goto(f"{site.url}/plain")
    assert site.asked == [("GET", "/plain", None)]
