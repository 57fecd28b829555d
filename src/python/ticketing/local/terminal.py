"""What the person at the terminal sees, line by line and at once."""

import os
import sys

import click


def say(line: str) -> None:
    """Prints and flushes a line; a terminal that has gone away is no error."""
    try:
        click.echo(line)
    except OSError:
        # Otherwise the interpreter fails once more when it flushes the stream at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
