"""The images in real containers, as the development overlay says: a purchase, and what may happen
meanwhile.
"""

import os
import subprocess
import uuid
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from ticketing.common.testing_servers import eventually
from ticketing.deploy.tests.engine import Container
from ticketing.deploy.tests.engine import docker
from ticketing.deploy.tests.engine import forget
from ticketing.deploy.tests.manifests import render
from ticketing.deploy.tests.pods import Pod
from ticketing.deploy.tests.pods import jobs
from ticketing.deploy.tests.pods import pods
from ticketing.deploy.tests.pods import routes
from ticketing.local import caddyfile
from ticketing.local.infra import program
from ticketing.local.ports import Ports
from ticketing.local.tests.visitor import Visitor

SECRETS = {"jwt-secret": {"JWT_KEY": uuid.uuid4().hex * 2}}
START_SECONDS = 180
BACK_SECONDS = 60

pytestmark = pytest.mark.skipif(
    not os.environ.get("TICKETING_IMAGES"),
    reason="needs the images, named in TICKETING_IMAGES: see docs/images.md",
)


class Cluster:
    """All pods of the development overlay, and a gateway that leads where its Ingress says."""

    def __init__(self, directory: Path) -> None:
        self.network = f"ticketing-{uuid.uuid4().hex[:8]}"
        self.url = ""
        self.containers: list[Container] = []
        self.jobs: list[Container] = []
        self._ports = Ports()
        self._manifests = render("dev")
        self._directory = directory
        self._gateway: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        docker("network", "create", self.network)
        self.containers += self._create(pods(self._manifests))
        for container in self.containers:
            container.start()
        self.jobs += self._create(jobs(self._manifests))
        for job in self.jobs:
            assert job.run() == 0, job.log()
        for container in self.containers:
            container.wait(START_SECONDS)
        self._open_gateway()

    def _create(self, pods: Sequence[Pod]) -> list[Container]:
        files = self._directory / "files"
        return [Container(pod, self.network, self._ports, files, SECRETS) for pod in pods]

    def _open_gateway(self) -> None:
        port, own_port = self._ports.take(), self._ports.take()
        paths = {
            path: self._behind(service, number)
            for path, (service, number) in routes(self._manifests, "localhost").items()
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
        forget(self.network, [*self.containers, *self.jobs])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    directory = tmp_path_factory.mktemp("cluster")
    directory.chmod(0o755)
    cluster = Cluster(directory)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture()
def visitor(cluster: Cluster) -> Iterator[Callable[[], Visitor]]:
    visitors: list[Visitor] = []

    def sign_up() -> Visitor:
        visitors.append(Visitor(cluster.url).sign_up())
        return visitors[-1]

    yield sign_up
    for each in visitors:
        each.close()


def test_no_image_runs_as_root(cluster: Cluster) -> None:
    for container in cluster.containers:
        if container.pod.is_ours:
            assert container.user_of_image() == "10001:10001", container.pod.image


def test_a_ticket_is_bought_while_each_process_is_restarted(
    cluster: Cluster, visitor: Callable[[], Visitor]
) -> None:
    seller, buyer, idler = visitor(), visitor(), visitor()
    forgotten = idler.order(seller.sell()["id"])
    for container in cluster.containers:
        order = buyer.order(seller.sell(container.pod.name)["id"])
        with ThreadPoolExecutor(1) as other:
            restarted = other.submit(_restart, container)
            _pay(buyer, order["id"])
            code = restarted.result()
        assert code == 0 or not container.pod.is_ours, f"{container.pod.name} ended with {code}"
    eventually(lambda: idler.order_status(forgotten["id"]) == "cancelled", within=70)


def _pay(buyer: Visitor, order_id: str) -> None:
    """As often as it takes: what cannot be reached just now is asked again."""
    eventually(lambda: buyer.try_pay(order_id).status_code == 201, within=BACK_SECONDS)
    order = f"/orders/{order_id}"
    eventually(lambda: buyer.request("GET", order).json()["status"] == "complete", BACK_SECONDS)


def _restart(container: Container) -> int:
    code = container.stop()
    container.start()
    container.wait(BACK_SECONDS)
    return code


def test_nothing_was_written_outside_of_volumes(cluster: Cluster) -> None:
    for container in cluster.containers:
        assert container.written() == [], container.pod.name
