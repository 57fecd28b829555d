"""How prices and times read."""

from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from markupsafe import Markup

from ticketing.common.core.clock import iso


def init_app(app: Flask) -> None:
    """Give the templates the filters `money`, `moment` and `iso`."""
    app.jinja_env.filters |= {"money": money, "moment": moment, "iso": iso}


def money(dollars: Decimal) -> str:
    """An amount as people write it, such as $1,250.00."""
    return f"${dollars:,.2f}"


def moment(moment: datetime) -> Markup:
    """The moment in UTC, which a script rewrites into the visitor's own zone."""
    utc = moment.astimezone(UTC)
    text = f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}" data-local>{}</time>').format(iso(utc), text)
