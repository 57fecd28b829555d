"""What `tilt up` would have the shell do, against a kubectl that says what it is told to."""

import os
import subprocess
from pathlib import Path

import pytest

from ticketing.deploy.tests.tilt import Tilt


@pytest.mark.parametrize(
    ("context", "advice"),
    [
        ("kind-kind", "helm upgrade --install ingress-nginx"),
        ("minikube", "minikube addons enable ingress"),
    ],
)
def test_without_ingress_nginx_it_says_how_to_install_it(
    context: str, advice: str, tmp_path: Path
) -> None:
    command = _command("ingress-nginx", context)
    _kubectl(tmp_path, "exit 1")
    missing = _run(command, tmp_path)
    assert (missing.returncode, advice in missing.stdout) == (1, True)
    _kubectl(tmp_path, "exit 0")
    assert _run(command, tmp_path).returncode == 0


def _command(resource: str, context: str) -> str:
    tilt = Tilt(context)
    tilt.load("Tiltfile")
    (found,) = (each for each in tilt.named("local_resource") if each["name"] == resource)
    return str(found["cmd"])


def _kubectl(folder: Path, script: str) -> None:
    path = folder / "kubectl"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder), "/usr/bin", "/bin"])
    return subprocess.run(
        ["sh", "-c", command], env={"PATH": path}, capture_output=True, text=True, check=False
    )
