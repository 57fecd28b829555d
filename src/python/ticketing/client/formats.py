"""How prices and times read."""

from datetime import UTC
from datetime import datetime
from decimal import Decimal

from flask import Flask
from markupsafe import Markup


def init_app(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters |= {"money": money, "moment": moment, "iso": iso}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def money(dollars: Decimal) -> str:
    """An amount as people write it, such as $1,250.00."""
    return f"${dollars:,.2f}"


def iso(moment: datetime) -> str:
    """The moment for scripts: ISO 8601 in UTC, to the millisecond."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def moment(moment: datetime) -> Markup:
    """The moment in UTC, which a script rewrites into the visitor's own zone."""
    utc = moment.astimezone(UTC)
    text = f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}" data-local>{}</time>').format(iso(moment), text)
