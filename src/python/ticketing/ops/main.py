"""The operator's command: `./pants run src/python/ticketing/ops -- --help`."""

import logging
import os
import sys
from functools import partial
from pathlib import Path

import click
import structlog

from ticketing.ops.audit import audit
from ticketing.ops.command_line import Commands, with_platform
from ticketing.ops.dead import dead
from ticketing.ops.order import order
from ticketing.ops.outbox import outbox
from ticketing.ops.payment import payment
from ticketing.ops.platform import Platform
from ticketing.ops.projections import projections
from ticketing.ops.tables import say, table

PATH = click.Path(path_type=Path)


@click.group(cls=Commands, context_settings={"show_default": True})
@click.option("--data-dir", type=PATH, default=".ticketing", help="Of the local platform.")
@click.pass_context
def main(context: click.Context, data_dir: Path) -> None:
    """Look into a running platform, and put right what it cannot by itself.

    It is the local one, or the one that the environment tells of: NATS_URL, NATS_CLUSTER_ID,
    REDIS_URL, STRIPE_KEY, STRIPE_API_BASE, and for each database one like ORDERS_MONGO_URI.
    Exit codes: 0 for done, 1 for a problem, 2 for a wrong command line.
    """
    _log_problems_only()
    context.obj = partial(Platform.find, data_dir, os.environ)


@main.command("audit")
@with_platform
def check(platform: Platform) -> None:
    """Hold all books against the five rules.

    Every order, ticket and payment, every replica, and every charge at Stripe. To be believed where
    nothing is on its way: what changes while it reads may look like a violation. Exit code 1 if
    there is one.
    """
    found = audit(platform)
    if not found:
        say("No violations.")
        return
    rows = [(each.rule, each.what, ", ".join(each.ids)) for each in found]
    table(f"Violations: {len(rows)}", ("rule", "what", "ids"), rows)
    raise SystemExit(1)


def _log_problems_only() -> None:
    # What services log while they are used here; what fails is said by the command itself.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("nats").setLevel(logging.CRITICAL)
    logging.getLogger("stripe").setLevel(logging.CRITICAL)


for command in (dead, order, outbox, payment, projections):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="ops")
