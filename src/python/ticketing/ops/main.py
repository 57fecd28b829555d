"""The operator's command: `./pants run src/python/ticketing/ops -- --help`."""

import os
from pathlib import Path

import click

from ticketing.ops.platform import Platform

PATH = click.Path(path_type=Path)


@click.group(context_settings={"show_default": True})
@click.option("--data-dir", type=PATH, default=".ticketing", help="Of the local platform.")
@click.pass_context
def main(context: click.Context, data_dir: Path) -> None:
    """Look into a running platform, and put right what it cannot by itself."""
    context.obj = Platform.find(data_dir, os.environ)


if __name__ == "__main__":
    main()
