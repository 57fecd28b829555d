"""The images in real containers, as the development overlay says: a purchase, and what may happen
meanwhile.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ticketing.common.testing.servers import eventually
from ticketing.deploy.tests.cluster import Cluster
from ticketing.deploy.tests.container import Container
from ticketing.deploy.tests.pods import spare
from ticketing.local.tests.visitor import Visitor

BACK_SECONDS = 60

pytestmark = pytest.mark.skipif(
    not os.environ.get("TICKETING_IMAGES"),
    reason="needs an engine, the images, and TICKETING_IMAGES set: see docs/images.md",
)


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


def test_no_process_of_ours_writes_outside_of_its_volumes_where_it_could(
    cluster: Cluster, visitor: Callable[[], Visitor]
) -> None:
    spares = cluster.add(spare(one.pod) for one in cluster.containers if one.pod.is_ours)
    for container in spares:
        container.wait(BACK_SECONDS)
    seller, buyer = visitor(), visitor()
    for _ in range(5):  # of which the spare workers have their share
        _pay(buyer, buyer.order(seller.sell()["id"])["id"])
    assert {one.pod.name: one.written() for one in spares if one.written()} == {}
