"""The command that writes the documents: it takes nothing away unless it is told to."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ticketing.documents.files import ASYNCAPI, OPENAPI, SERVED
from ticketing.documents.main import main


def run(root: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), *options])


@pytest.fixture()
def root(tmp_path: Path) -> Path:
    """A repository with the documents of this code."""
    assert run(tmp_path).exit_code == 0
    return tmp_path


def change(root: Path, old: str, new: str) -> None:
    """In the document that is kept, as if the code had been otherwise."""
    kept = (root / OPENAPI).read_text()
    assert old in kept
    (root / OPENAPI).write_text(kept.replace(old, new))


def test_what_is_written_is_current(root: Path) -> None:
    assert run(root, "--check").exit_code == 0
    served = json.loads((root / SERVED).read_text())
    assert served == json.loads((root / OPENAPI).read_text())
    assert json.loads((root / ASYNCAPI).read_text())["asyncapi"] == "3.0.0"


def test_a_check_writes_nothing_and_names_the_command(root: Path) -> None:
    change(root, "Who is signed in", "Who it is")
    kept = (root / OPENAPI).read_text()
    checked = run(root, "--check")
    assert checked.exit_code == 1
    assert checked.output == (
        f"not current: {OPENAPI}; run ./pants run src/python/ticketing/documents\n"
    )
    assert (root / OPENAPI).read_text() == kept


@pytest.mark.parametrize("options", [["--check"], ["--check", "--break"]])
def test_a_check_of_what_is_current_writes_nothing_either(root: Path, options: list[str]) -> None:
    for name in (OPENAPI, ASYNCAPI, SERVED):
        os.utime(root / name, (1, 1))
    assert run(root, *options).exit_code == 0
    for name in (OPENAPI, ASYNCAPI, SERVED):
        assert (root / name).stat().st_mtime == 1


@pytest.mark.parametrize("options", [[], ["--check"]], ids=["write", "check"])
def test_what_is_taken_away_is_refused_with_a_line_that_names_it(
    root: Path, options: list[str]
) -> None:
    change(root, "/api/users/renew", "/api/users/prolong")
    kept = (root / OPENAPI).read_text()
    refused = run(root, *options)
    assert refused.exit_code == 1
    assert refused.output.splitlines()[0] == "/api/users/prolong: the route is gone"
    assert (root / OPENAPI).read_text() == kept


def test_it_is_taken_away_if_that_is_meant(root: Path) -> None:
    change(root, "/api/users/renew", "/api/users/prolong")
    assert run(root, "--break").exit_code == 0
    assert run(root, "--check").exit_code == 0
