"""How the operator's commands find the platform, ask before they act, and say what went wrong."""

import re
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import click
import nats
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from stripe import StripeError

from ticketing.common.core.errors import Failure
from ticketing.ops.platform import Platform

P = ParamSpec("P")

SILENCE = (PyMongoError, RedisError, StripeError, nats.errors.Error, Failure, OSError)
"""What a part of the platform that is out of reach, or says no, leads to."""
_ADDED = re.compile(r" \(configured timeouts|, Timeout: ")
"""Where pymongo begins to tell its settings and all that it knows of the servers."""

yes_option = click.option("--yes", is_flag=True, help="Do it without asking.")


class Commands(click.Group):
    """A failure of the platform is one line, and exit code 1."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(context)
        except BrokenPipeError:  # of who reads what we print: click ends quietly
            raise
        except SILENCE as error:
            raise click.ClickException(reason(error)) from error


def with_platform(
    command: Callable[Concatenate[Platform, P], None],
) -> Callable[Concatenate[P], None]:
    """Decorator: the command gets the platform; it is looked for only when the command runs."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        find: Callable[[], Platform] = click.get_current_context().obj
        with closing(find()) as platform:
            command(platform, *args, **kwargs)

    return run


def confirm(question: str, yes: bool) -> None:
    """Go on only if the operator says so, in advance or now."""
    if not yes:
        click.confirm(question, abort=True)


def reason(error: Exception) -> str:
    """A failure in one line, without what libraries add to it."""
    if isinstance(error, click.ClickException | Failure):
        return str(error) if isinstance(error, Failure) else error.message
    kinds = {PyMongoError: "a database", RedisError: "Redis", StripeError: "Stripe"}
    part = next((name for kind, name in kinds.items() if isinstance(error, kind)), "the broker")
    said = _ADDED.split(" ".join(str(error).split()))[0]
    if network := said.partition("(Network error: ")[2]:
        said = network.removesuffix(")")
    return f"No answer from {part}: {said or type(error).__name__}"
