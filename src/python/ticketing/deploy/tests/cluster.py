"""The platform in containers, as an overlay says."""

import subprocess
import uuid
from collections.abc import Iterable
from pathlib import Path

import requests

from ticketing.common.testing.servers import eventually
from ticketing.deploy.tests import pods
from ticketing.deploy.tests.container import Container, Place
from ticketing.deploy.tests.engine import docker, remove
from ticketing.deploy.tests.manifests import render
from ticketing.deploy.tests.pods import Pod
from ticketing.local import caddyfile
from ticketing.local.infra import program
from ticketing.local.ports import Ports

START_SECONDS = 180


class Cluster:
    """All pods of the development overlay, and a gateway that leads where its Ingress says."""

    def __init__(self, directory: Path) -> None:
        self._manifests = render("dev")
        self._place = Place(
            network=f"ticketing-{uuid.uuid4().hex[:8]}",
            ports=Ports(),
            files=directory / "files",
            secrets=pods.secrets_for(self._manifests),
        )
        self.url = ""
        self.containers: list[Container] = []
        self._directory = directory
        self._gateway: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        docker("network", "create", self._place.network)
        self.containers = self.add(pods.running(self._manifests))
        for pod in pods.jobs(self._manifests):
            job = Container(pod, self._place)
            assert job.run() == 0, job.log()
        for container in self.containers:
            container.wait(START_SECONDS)
        self._open_gateway()

    def add(self, these: Iterable[Pod]) -> list[Container]:
        """Started, but hardly ready yet."""
        containers = [Container(pod, self._place) for pod in these]
        for container in containers:
            container.start()
        return containers

    def _open_gateway(self) -> None:
        port, own_port = self._place.ports.take(), self._place.ports.take()
        paths = {
            path: self._behind(service, number)
            for path, (service, number) in pods.routes(self._manifests, "localhost").items()
            if path != "/api"  # unknown paths: the gateway of the tests has its own answer
        }
        config = self._directory / "Caddyfile"
        config.write_text(caddyfile.text(port=port, own_port=own_port, routes=paths))
        command = [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)]
        with (self._directory / "caddy.log").open("wb") as log:
            self._gateway = subprocess.Popen(command, stdout=log, stderr=log)
        self.url = f"http://127.0.0.1:{port}"
        eventually(lambda: requests.get(f"{self.url}/api/tickets", timeout=5).ok)

    def _behind(self, service: str, port: int) -> int:
        (found,) = (one for one in self.containers if service in one.pod.host_names())
        return found.ports[port]

    def remove(self) -> None:
        if self._gateway is not None:
            self._gateway.kill()
            self._gateway.wait()
        remove(self._place.network)
