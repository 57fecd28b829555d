"""The buyer's pages, over the real services: each state of an order, and what it allows."""

from ticketing.local.tests.bank import CHALLENGED, DECLINED
from ticketing.local.tests.pages.marketplace import Browser, Marketplace


def test_a_purchase_from_the_market_to_the_ticket(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    ticket = seller.sell("Opera", "85")
    order = buyer.buy(ticket)
    assert "Yours for the moment" in buyer.text
    assert "Pay $85.00" in buyer.text
    assert buyer.has_form(f"{order}/cancel")
    market.pay(order)
    assert "The ticket is yours" in buyer.open(order).text
    assert not buyer.has_form(f"{order}/cancel")
    assert "Pay $85.00" not in buyer.text
    assert "Bought" in buyer.open("/orders").text


def test_a_declined_card_leaves_the_order_to_be_paid_with_another(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    order = buyer.buy(seller.sell("Opera"))
    market.pay(order, DECLINED)
    assert "Waiting for your payment" in buyer.open(order).text
    assert "Pay $25.00" in buyer.text
    market.pay(order)
    assert "The ticket is yours" in buyer.open(order).text


def test_the_card_form_is_the_same_before_and_after_a_decline(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    def card_form() -> str:
        return buyer.page.text.partition('data-live="pay"')[2].partition('data-live="actions"')[0]

    order = buyer.buy(seller.sell("Opera"))
    before = card_form()
    market.pay(order, DECLINED)
    buyer.open(order)
    assert card_form() == before


def test_cancelling_lets_the_ticket_go(seller: Browser, buyer: Browser) -> None:
    ticket = seller.sell("Opera")
    order = buyer.buy(ticket)
    buyer.send(f"{order}/cancel")
    assert "Order cancelled" in buyer.text
    assert not buyer.has_form(f"{order}/cancel")
    assert buyer.open(ticket).has_form(f"{ticket}/buy")


def test_a_hold_that_ran_out_reads_differently_from_a_cancelled_one(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    order = buyer.buy(seller.sell("Opera"))
    market.world.come_to_rest()
    assert "Time ran out" in buyer.open(order).text
    assert "Expired" in buyer.open("/orders").text


def test_money_that_came_too_late_is_shown_as_refunded(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    ticket = seller.sell("Opera")
    other = market.browser().sign_up("other@example.com").open(ticket)
    order = buyer.buy(ticket)
    market.pay(order, CHALLENGED)
    [intent] = market.world.bank.accounts
    market.world.bank.authenticate(intent)
    market.world.clock.advance(61)
    other.send(f"{ticket}/buy")
    market.world.flow()
    market.world.payments.use_cases.settle_doubts()
    market.world.flow()
    market.world.come_to_rest()
    assert "Your money went back" in buyer.open(order).text
    assert "The ticket went to somebody else." in buyer.text


def test_a_held_ticket_says_so_to_others_and_leads_its_buyer_to_the_order(
    market: Marketplace, seller: Browser, buyer: Browser
) -> None:
    ticket = seller.sell("Opera")
    order = buyer.buy(ticket)
    assert f'href="{order}"' in buyer.open(ticket).page.text
    stranger = market.browser().open(ticket)
    assert "Somebody is paying for it right now" in stranger.text
    assert not stranger.has_form(f"{ticket}/buy")
    assert "Nothing is on sale yet" in stranger.open("/").text


def test_who_comes_second_is_told_so(market: Marketplace, seller: Browser, buyer: Browser) -> None:
    ticket = seller.sell("Opera")
    other = market.browser().sign_up("other@example.com").open(ticket)
    buyer.buy(ticket)
    other.send(f"{ticket}/buy")
    assert other.path == ticket
    assert "Ticket is already reserved!" in other.text


def test_two_clicks_buy_once(seller: Browser, buyer: Browser) -> None:
    ticket = seller.sell("Opera")
    buyer.open(ticket)
    page = buyer.page
    buyer.send(f"{ticket}/buy")
    order = buyer.path
    buyer.page = page
    assert buyer.send(f"{ticket}/buy").path == order


def test_one_does_not_see_the_order_of_another(seller: Browser, buyer: Browser) -> None:
    order = buyer.buy(seller.sell("Opera"))
    assert "That is not yours" in seller.open(order).text
    assert seller.page.status_code == 403
