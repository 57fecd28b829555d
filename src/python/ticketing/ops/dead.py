"""`ops dead`: what consumers gave up."""

import json
from collections.abc import Callable
from functools import wraps

import click

from ticketing.common.core.errors import NotFound
from ticketing.common.messaging.dead_letters import DeadLetter, DeadLetters
from ticketing.ops.command_line import confirm, with_platform, yes_option
from ticketing.ops.platform import Platform
from ticketing.ops.tables import moment, say, table

LIMIT = 1000

consumer_option = click.option("--consumer", help="Only what this consumer gave up.")


@click.group()
def dead() -> None:
    """Messages that a consumer gave up."""


@dead.command("list")
@consumer_option
@with_platform
def show_all(platform: Platform, consumer: str | None) -> None:
    """All of them, the oldest first."""
    found = _letters(platform).all(consumer, LIMIT)
    rows = [
        (each.number, moment(each.parked_at), each.consumer, each.subject, each.tries, each.reason)
        for each in found
    ]
    if not rows:
        say(_none(consumer))
        return
    table("Dead letters", ("number", "parked (UTC)", "consumer", "event", "tries", "reason"), rows)
    if len(rows) == LIMIT:
        say(f"There may be more: only {LIMIT} are shown.")


@dead.command()
@click.argument("number", type=int)
@with_platform
def show(platform: Platform, number: int) -> None:
    """One of them, with its headers and its body."""
    letter = _get(platform, number)
    about = {
        "event": letter.subject,
        "given up by": letter.consumer,
        "after tries": letter.tries,
        "at (UTC)": moment(letter.parked_at),
        "reason": letter.reason,
    }
    table(f"Dead letter {number}", ("", ""), about.items())
    table("Headers", ("name", "value"), sorted(letter.headers.items()))
    say("Body")
    say(_pretty(letter.body))


def on_letters(
    command: Callable[[Platform, list[DeadLetter], bool], None],
) -> Callable[..., None]:
    """Decorator: the command gets the letters that its arguments name, and --yes."""

    @click.argument("numbers", type=int, nargs=-1, metavar="[NUMBER]...")
    @click.option(
        "--all", "every", is_flag=True, help=f"All there are; the first {LIMIT}, if more."
    )
    @consumer_option
    @yes_option
    @with_platform
    @wraps(command)
    def run(
        platform: Platform, numbers: tuple[int, ...], every: bool, consumer: str | None, yes: bool
    ) -> None:
        command(platform, _chosen(platform, numbers, every, consumer), yes)

    return run


@dead.command()
@on_letters
def replay(platform: Platform, letters: list[DeadLetter], yes: bool) -> None:
    """Hand them to their consumer again.

    To the one that gave them up, and to no other. If that fails again, there will be new letters.
    """
    confirm(f"Hand {_count(letters)} again to {_consumers(letters)}?", yes)
    for letter in letters:
        _letters(platform).replay(letter.number)
        say(f"{letter.number}: {letter.subject} was handed to {letter.consumer} again")


@dead.command()
@on_letters
def drop(platform: Platform, letters: list[DeadLetter], yes: bool) -> None:
    """Forget them for good.

    Their consumer will never have handled them.
    """
    confirm(f"Drop {_count(letters)} for good, unhandled by {_consumers(letters)}?", yes)
    for letter in letters:
        _letters(platform).drop(letter.number)
        say(f"{letter.number}: {letter.subject} for {letter.consumer} was dropped")


def _letters(platform: Platform) -> DeadLetters:
    return DeadLetters(platform.nats_url, platform.cluster_id)


def _none(consumer: str | None) -> str:
    return "No dead letters." if consumer is None else f"No dead letters of {consumer}."


def _get(platform: Platform, number: int) -> DeadLetter:
    try:
        return _letters(platform).get(number)
    except NotFound:
        raise click.ClickException(f"There is no dead letter {number}") from None


def _chosen(
    platform: Platform, numbers: tuple[int, ...], every: bool, consumer: str | None
) -> list[DeadLetter]:
    if numbers and (every or consumer):
        raise click.UsageError("Give either numbers, or --all or --consumer.")
    if numbers:
        return [_get(platform, number) for number in dict.fromkeys(numbers)]
    if not every and consumer is None:
        raise click.UsageError("Which? Give their numbers, or --consumer, or --all.")
    found = _letters(platform).all(consumer, LIMIT)
    if not found:
        raise click.ClickException(_none(consumer))
    return found


def _count(letters: list[DeadLetter]) -> str:
    return "1 message" if len(letters) == 1 else f"{len(letters)} messages"


def _consumers(letters: list[DeadLetter]) -> str:
    return ", ".join(sorted({each.consumer for each in letters}))


def _pretty(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return repr(body)
