"""The seller's pages, over the real services."""

import re

from ticketing.local.tests.pages.marketplace import Browser, Marketplace


def test_a_listing_is_on_the_market_at_once(seller: Browser, buyer: Browser) -> None:
    ticket = seller.sell("Jazz in the park", "25.5")
    assert "Your ticket is on sale." in seller.text
    assert "Jazz in the park $25.50" in buyer.open("/").text
    assert f'href="{ticket}"' in buyer.page.text


def test_errors_stand_beside_their_fields_and_what_was_typed_is_kept(seller: Browser) -> None:
    seller.open("/tickets/new").send("/tickets/new", title="Jazz", price="-3")
    assert seller.page.status_code == 400
    assert 'id="price-error">Price must be greater than 0<' in seller.page.text
    assert 'aria-describedby="price-hint price-error" aria-invalid="true"' in seller.page.text
    assert 'value="Jazz"' in seller.page.text
    assert 'value="-3"' in seller.page.text


def test_a_seller_edits_a_listing(seller: Browser, buyer: Browser) -> None:
    ticket = seller.sell("Opra", "85")
    seller.open(f"{ticket}/edit")
    assert 'value="Opra"' in seller.page.text
    assert 'value="85.00"' in seller.page.text
    seller.send(f"{ticket}/edit", title="Opera", price="80")
    assert seller.path == ticket
    assert "Opera $80.00" in buyer.open("/").text


def test_a_held_ticket_cannot_be_edited_or_withdrawn(seller: Browser, buyer: Browser) -> None:
    ticket = seller.sell("Opera")
    edit_page = seller.open(f"{ticket}/edit").page
    sell_page = seller.open("/sell").page
    buyer.buy(ticket)
    seller.page = edit_page
    seller.send(f"{ticket}/edit", title="Opera", price="8000")
    assert "You cannot edit a reserved ticket" in seller.text
    seller.page = sell_page
    seller.send(f"{ticket}/withdraw")
    assert "You cannot withdraw a reserved ticket" in seller.text
    assert not seller.has_form(f"{ticket}/withdraw")
    assert "Held until" in seller.text


def test_a_withdrawn_ticket_is_off_the_market_until_it_is_put_on_sale_again(
    seller: Browser, buyer: Browser
) -> None:
    ticket = seller.sell("Opera")
    buyer.open(ticket)
    seller.open("/sell").send(f"{ticket}/withdraw")
    assert "Your ticket is off the market." in seller.text
    assert "Withdrawn" in seller.text
    buyer.send(f"{ticket}/buy")
    assert "Ticket is not for sale" in buyer.text
    assert "Nothing is on sale yet" in buyer.open("/").text
    seller.send(f"{ticket}/relist")
    assert buyer.open(ticket).has_form(f"{ticket}/buy")


def test_the_sellers_page_shows_what_was_sold(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    first = seller.sell("Opera", "85")
    seller.sell("Jazz", "15")
    assert "Sold in the last 30 days" not in seller.open("/sell").text
    market.pay(buyer.buy(first))
    assert "Sold" in seller.open("/sell").text


def test_one_cannot_act_on_what_belongs_to_another(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    ticket = seller.sell("Opera")
    [token] = set(re.findall(r'name="csrf" value="([^"]*)"', buyer.page.text))
    for action in ("withdraw", "relist", "edit"):
        fields = {"csrf": token, "title": "Mine", "price": "1"}
        assert buyer.post(f"{ticket}/{action}", fields).page.status_code == 403, action
    assert "Opera $25.00" in market.browser().text
