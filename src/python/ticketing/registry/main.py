"""Renders what the declarations say to where Kubernetes and Pants read it."""

from pathlib import Path

import click

from ticketing.registry.manifests import FOLDER, files
from ticketing.registry.rendered import COMMAND, Rendered


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where something would change.")
@click.option("--root", type=click.Path(path_type=Path), default=".", help="The repository.")
def main(check: bool, root: Path) -> None:
    """Write src/k8s/services and src/services.prelude, from every service.toml."""
    Rendered(root, files(), FOLDER).update(COMMAND, check=check)


if __name__ == "__main__":
    main()
