"""A container engine, driven by its command line."""

import subprocess

from ticketing.common.testing.programs import installed


def docker(*arguments: str, timeout: float = 120) -> str:
    """What the engine's command says; raises AssertionError with its complaint."""
    program = installed("docker")
    assert program, "no docker on PATH"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"docker {' '.join(arguments[:3])}: {done.stderr}"
    return done.stdout.strip()


def as_root(image: str, volume: str, script: str) -> None:
    """Run a line of shell over a volume, as the node does before a pod starts."""
    options = f"--rm --user 0 --network none --volume {volume}:/volume --entrypoint /bin/sh"
    docker("run", *options.split(), image, "-c", script)


def remove(network: str) -> None:
    """With every container and volume whose name begins with the network's."""
    named = ("--quiet", "--filter", f"name={network}-")
    if containers := docker("ps", "--all", *named).split():
        docker("rm", "--force", "--volumes", *containers)
    if volumes := docker("volume", "ls", *named).split():
        docker("volume", "rm", *volumes)
    docker("network", "rm", network)
