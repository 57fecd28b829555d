"""A marketplace, its seller and its buyer."""

import pytest

from ticketing.local.tests.pages.marketplace import Browser, Marketplace


@pytest.fixture()
def market() -> Marketplace:
    return Marketplace()


@pytest.fixture()
def seller(market: Marketplace) -> Browser:
    return market.browser().sign_up("seller@example.com")


@pytest.fixture()
def buyer(market: Marketplace) -> Browser:
    return market.browser().sign_up("buyer@example.com")
