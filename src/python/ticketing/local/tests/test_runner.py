"""The platform as a program: how it starts, is watched, and ends."""

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from click.testing import CliRunner

from ticketing.common.core.errors import NotFound
from ticketing.common.testing.input import entries_of
from ticketing.common.testing.servers import eventually, free_port
from ticketing.local import demo
from ticketing.local.tests.running import STOP_SECONDS, Platform, alive, get, run
from ticketing.local.tests.visitor import Visitor
from ticketing.registry.declarations import services

NAMES = {"nats", "redis", "mongo", "stripe", "gateway"}
NAMES |= {f"{name}-{role}" for name, each in services().items() for role in each.roles}


@pytest.fixture()
def own_platform(tmp_path: Path) -> Iterator[Platform]:
    """For tests that start and stop it themselves."""
    platform = Platform(tmp_path)
    yield platform
    platform.kill_if_running()


def test_every_process_is_listed_as_it_runs(platform: Platform) -> None:
    listed = platform.processes()
    assert set(listed) == NAMES
    for entry in listed.values():
        assert psutil.Process(entry["pid"]).ppid() == platform.runner.pid
        assert Path(entry["log"]).exists()
        assert _addresses(entry["pid"]) == {"127.0.0.1"}


def test_health_is_an_answer_of_the_gateway(platform: Platform) -> None:
    eventually(lambda: _health(platform) == (200, {"ready": True, "missing": []}))


def test_an_unknown_path_of_the_api_is_not_found(platform: Platform) -> None:
    for path in ("/api", "/api/nothing", "/api/usersandmore"):
        reply = get(platform.url + path)
        assert reply.status_code == requests.codes.not_found
        assert reply.json() == {"errors": entries_of(NotFound())}


def test_the_printed_address_leads_to_the_market(platform: Platform) -> None:
    (address,) = eventually(lambda: re.findall(r"Open +(\S+)", platform.terminal()))
    page = get(address)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Content-Encoding"] in ("gzip", "zstd")


def test_a_data_directory_in_use_is_left_alone(platform: Platform) -> None:
    before = platform.processes()
    second = run(platform.data_dir, free_port(), "--fresh")
    assert second.wait(60) == 1
    assert platform.terminal().count("is in use by another platform") == 1
    assert platform.processes() == before
    assert platform.is_ready()


def test_a_port_in_use_touches_nothing(platform: Platform, tmp_path: Path) -> None:
    second = run(tmp_path / "new", platform.port)
    assert second.wait(60) == 1
    said = (tmp_path / "terminal.txt").read_text().splitlines()
    assert said == [f"Error: Cannot listen on port {platform.port}: Address already in use"]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["tickets-web", "gateway", "mongo"])
def test_a_killed_process_comes_back(platform: Platform, name: str) -> None:
    before = platform.processes()[name]
    os.kill(before["pid"], signal.SIGKILL)
    after = eventually(lambda: _successor(platform, name, before["pid"]))
    assert after["port"] == before["port"]
    assert f"{name} ended (killed by SIGKILL)" in platform.terminal()
    eventually(platform.is_ready)


def test_what_is_missing_is_named(platform: Platform) -> None:
    worker = psutil.Process(platform.processes()["orders-worker"]["pid"])
    worker.suspend()  # one that is killed would soon be back
    missing = {"ready": False, "missing": ["orders-worker"]}
    try:
        eventually(lambda: _health(platform) == (503, missing))
    finally:
        worker.resume()
    eventually(lambda: _health(platform) == (200, {"ready": True, "missing": []}))


def test_a_second_start_goes_on_where_the_first_stopped(own_platform: Platform) -> None:
    own_platform.start("--demo")
    eventually(lambda: demo.SELLER.password in own_platform.terminal())
    visitor = Visitor(own_platform.url).sign_up()
    ticket = visitor.sell()
    before = own_platform.every_pid()
    assert own_platform.stop(signal.SIGINT) == 0
    assert alive(before) == set()
    assert own_platform.processes() == {}

    own_platform.start()
    again = CliRunner().invoke(demo.main, [own_platform.url])
    assert (again.exit_code, demo.SELLER.password in again.output) == (0, True)
    assert visitor.ticket(ticket["id"])["title"] == ticket["title"]
    listed = Counter(each["title"] for each in visitor.on_sale())
    assert {title: listed[title] for title, _ in demo.ON_SALE} == {
        title: 1 for title, _ in demo.ON_SALE
    }
    visitor.close()


def test_nothing_outlives_a_killed_runner_or_parent(own_platform: Platform) -> None:
    own_platform.start()
    visitor = Visitor(own_platform.url).sign_up()
    visitor.sell()
    before = own_platform.every_pid()
    own_platform.kill_if_running()
    eventually(lambda: not alive(before))

    own_platform.start("--fresh", by=("sh", "-c", '"$@" & wait', "sh"))
    assert visitor.on_sale() == []
    before = own_platform.every_pid()
    own_platform.kill_if_running()
    eventually(lambda: not alive(before), within=STOP_SECONDS)
    visitor.close()


def _health(platform: Platform) -> tuple[int, Any]:
    reply = get(f"{platform.url}/healthz")
    return reply.status_code, reply.json()


def _successor(platform: Platform, name: str, pid: int) -> dict[str, Any]:
    entry = platform.processes()[name]
    return entry if entry["pid"] != pid else {}


def _addresses(pid: int) -> set[str]:
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    connections = [each for process in family for each in process.net_connections("tcp")]
    return {each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN}
