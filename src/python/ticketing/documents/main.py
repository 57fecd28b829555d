"""Writes the documents of the API and of the events, unless they would take something away."""

from pathlib import Path

import click

from ticketing.documents.files import Documents

AGAIN = "./pants run src/python/ticketing/documents"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where something would change.")
@click.option("--break", "breaks", is_flag=True, help="Take away what clients may be using.")
@click.option("--root", type=click.Path(path_type=Path), default=".", help="The repository.")
def main(check: bool, breaks: bool, root: Path) -> None:
    """Write docs/api and what the client serves of it, from the code."""
    documents = Documents(root)
    if not breaks and (lines := documents.breaks()):
        raise SystemExit("\n".join([*lines, f"not compatible; if it is meant: {AGAIN} -- --break"]))
    documents.rendered.update(AGAIN, check=check)


if __name__ == "__main__":
    main()
