"""One pod's container in an engine."""

import contextlib
import json
import socket
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ticketing.common.testing.servers import eventually
from ticketing.deploy.tests.engine import as_root, docker
from ticketing.deploy.tests.pods import Pod
from ticketing.local.ports import Ports

PROBE_SECONDS = 5


@dataclass(frozen=True)
class Place:
    """Where containers run: a network, ports of this machine, a folder for their files, and the
    secrets by name and key.
    """

    network: str
    ports: Ports
    files: Path
    secrets: Mapping[str, Mapping[str, str]]


class Container:
    """What runs a pod's container as a node would: its user, limits, files and volumes."""

    def __init__(self, pod: Pod, place: Place) -> None:
        self.pod = pod
        self.id = f"{place.network}-{pod.name}"
        self.ports = {port: place.ports.take() for port in pod.ports}
        self._create(place)

    def _create(self, place: Place) -> None:
        container = self.pod.container
        arguments = ["--name", self.id, "--hostname", self.pod.name, *self._confinement()]
        arguments += ["--network", place.network, *self._volumes(), *self._files(place.files)]
        for name in self.pod.host_names():
            arguments += ["--network-alias", name]
        environment = self.pod.environment(place.secrets)
        for name, value in environment.items():
            arguments += ["--env", f"{name}={value}"]
        for inner, outer in self.ports.items():
            arguments += ["--publish", f"127.0.0.1:{outer}:{inner}"]
        command = [*container.get("command", []), *self.pod.arguments(environment)]
        if "command" in container:
            arguments += ["--entrypoint", command.pop(0)]
        docker("create", "--pull", "never", *arguments, self.pod.image, *command)

    def _confinement(self) -> list[str]:
        security = self.pod.container["securityContext"]
        limits = self.pod.container["resources"]["limits"]
        arguments = ["--user", self.pod.user, "--memory", limits["memory"].removesuffix("i")]
        if cpu := limits.get("cpu"):
            arguments += ["--cpus", str(_cores(cpu))]
        if security["readOnlyRootFilesystem"]:
            arguments += ["--read-only"]
        if not security["allowPrivilegeEscalation"]:
            arguments += ["--security-opt", "no-new-privileges"]
        for capability in security["capabilities"]["drop"]:
            arguments += ["--cap-drop", capability]
        return arguments

    def _volumes(self) -> list[str]:
        """A volume each, its group as a node sets it; it outlives a restart of the container."""
        arguments = []
        for name, path in self.pod.mounts():
            volume = docker("volume", "create", f"{self.id}-{name}")
            owner = f"{self.pod.user.split(':')[0]}:{self.pod.group_of_volumes}"
            as_root(self.pod.image, volume, f"chown {owner} /volume")
            arguments += ["--volume", f"{volume}:{path}:nocopy"]
        return arguments

    def _files(self, directory: Path) -> list[str]:
        arguments = []
        for number, (path, contents) in enumerate(self.pod.files()):
            folder = directory / self.pod.name / str(number)
            folder.mkdir(parents=True)
            for name, text in contents.items():
                (folder / name).write_text(text)
            arguments += ["--volume", f"{folder}:{path}:ro"]
        return arguments

    def start(self) -> None:
        docker("start", self.id)

    def run(self) -> int:
        """Start it and return its exit code once it has ended."""
        self.start()
        return int(docker("wait", self.id, timeout=30))

    def wait(self, within: float) -> None:
        """Return once it is ready."""
        try:
            eventually(self.is_ready, within=within)
        except AssertionError as error:
            error.add_note(f"{self.pod.name}: {self.state()}\n{self.log()}")
            raise

    def stop(self) -> int:
        """Its exit code; 137 if it had to be killed."""
        grace = self.pod.stop_seconds
        docker("stop", "--time", str(grace), self.id, timeout=grace + 60)
        return int(self.state()["ExitCode"])

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(docker("inspect", self.id))[0]["State"]
        return state

    def user_of_image(self) -> str:
        """Who it would run as if nothing were said."""
        return docker("inspect", "--format", "{{.Config.User}}", self.pod.image)

    def written(self) -> list[str]:
        """What differs from the image; the engine itself makes the folders for volumes."""
        places = [path for _, path in self.pod.mounts()] + [path for path, _ in self.pod.files()]
        changes = [line.partition(" ")[2] for line in docker("diff", self.id).splitlines()]
        return [path for path in changes if not any(_leads_to(path, place) for place in places)]

    def log(self) -> str:
        return docker("logs", "--tail", "20", self.id)

    def is_ready(self) -> bool:
        """As its readiness probe says."""
        probe = self.pod.container["readinessProbe"]
        with contextlib.suppress(OSError, AssertionError):
            if "httpGet" in probe:
                url = f"http://127.0.0.1:{self._port(probe['httpGet'])}{probe['httpGet']['path']}"
                with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:
                    return bool(answer.status == 200)
            if "exec" in probe:
                docker("exec", self.id, *probe["exec"]["command"])
                return True
            return self._listens(self._port(probe["tcpSocket"]))
        return False

    def _listens(self, port: int) -> bool:
        # The engine takes a connection before the program does, and drops it if there is none.
        with socket.create_connection(("127.0.0.1", port), PROBE_SECONDS) as connection:
            connection.settimeout(2)
            try:
                return connection.recv(1) != b""
            except TimeoutError:
                return True

    def _port(self, check: Mapping[str, Any]) -> int:
        named = {one["name"]: one["containerPort"] for one in self.pod.container["ports"]}
        return self.ports[named.get(check["port"], check["port"])]


def _leads_to(path: str, place: str) -> bool:
    return Path(place).is_relative_to(path)


def _cores(quantity: str | int) -> float:
    text = str(quantity)
    return int(text[:-1]) / 1000 if text.endswith("m") else float(text)
