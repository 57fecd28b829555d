"""The Flask application of the pages: what every page has, and where each is."""

import httpx
from flask import Flask

from ticketing.client import account, accounts, buying, documents, errors, formats, market, selling
from ticketing.client.api import Services, connections
from ticketing.client.assets import Assets
from ticketing.client.cards import Cards
from ticketing.client.security import Security
from ticketing.client.settings import ClientSettings
from ticketing.client.wording import BADGES
from ticketing.common.web.application import application

MAX_FORM = 64 * 1024
"""Bytes of a form; a longer one is 413."""


def create_app(settings: ClientSettings, http: httpx.Client | None = None) -> Flask:
    """The pages, over the services that the settings name."""
    app = application("ticketing.client", {}, settings)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM
    app.extensions["services"] = Services(
        http or connections(), settings.auth_url, settings.tickets_url, settings.orders_url
    )
    app.extensions["cards"] = cards = Cards(settings)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["badges"] = BADGES
    Assets().init_app(app)
    Security(cards).init_app(app)
    formats.init_app(app)
    errors.init_app(app)
    for pages in (
        market.market,
        selling.selling,
        buying.buying,
        accounts.accounts,
        account.account,
        documents.documents,
    ):
        app.register_blueprint(pages)
    return app
