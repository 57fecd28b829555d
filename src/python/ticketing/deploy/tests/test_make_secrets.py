"""The script that makes Secrets, against a kubectl that keeps what it is told in a folder."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from ticketing.deploy.tests.manifests import FOLDER, OVERLAYS, render
from ticketing.deploy.tests.pods import secrets_for

SCRIPT = FOLDER / "make-secrets"
KUBECTL = """#!/bin/sh
echo "$*" >> {folder}/asked
case "$*" in
  *" get secret "*) for name; do :; done; test -e {folder}/$name.yaml ;;
  *" create "*) cat > {folder}/new && mv {folder}/new \
    {folder}/$(sed -n 's/^metadata: {{name: \\(.*\\)}}$/\\1/p' {folder}/new).yaml ;;
  *) exit 1 ;;
esac
"""
NOT_OURS = "stripe-secret"


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    program = tmp_path / "kubectl"
    program.write_text(KUBECTL.format(folder=tmp_path))
    program.chmod(0o755)
    return tmp_path


def _run(folder: Path, *options: str) -> None:
    path = os.pathsep.join([str(folder), "/usr/bin", "/bin"])
    subprocess.run([str(SCRIPT), *options], env={"PATH": path}, check=True, timeout=60)


def _made(folder: Path) -> dict[str, dict[str, str]]:
    secrets = [yaml.safe_load(path.read_text()) for path in folder.glob("*.yaml")]
    return {one["metadata"]["name"]: one["stringData"] for one in secrets}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_secret_that_the_pods_want_is_made(overlay: str, folder: Path) -> None:
    _run(folder)
    made = _made(folder)
    for name, keys in secrets_for(render(overlay)).items():
        wanted = keys.keys() - {"JWT_PRIVATE_KEY"}  # of Ed25519, which openssl makes
        assert name == NOT_OURS or wanted <= made[name].keys(), name


def test_a_secret_is_random_and_stands_in_no_command_line(folder: Path) -> None:
    _run(folder, "--context=kind-x")
    values = [value for keys in _made(folder).values() for value in keys.values()]
    assert len(set(values)) == len(values) > 10
    assert {len(bytes.fromhex(value)) for value in values} == {32}
    asked = (folder / "asked").read_text()
    assert [value for value in values if value in asked] == []
    assert all(" --context=kind-x " in line for line in asked.splitlines())


def test_a_secret_that_is_there_stays_as_it_is(folder: Path) -> None:
    _run(folder)
    before = _made(folder)
    (folder / "limits-secret.yaml").unlink()
    _run(folder)
    after = _made(folder)
    assert after.keys() == before.keys()
    assert [name for name in before if after[name] != before[name]] == ["limits-secret"]
