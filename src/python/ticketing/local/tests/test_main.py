"""The list of processes: who gets which secrets."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ticketing.local import infra, operator
from ticketing.local.data_directory import DataDirectory
from ticketing.local.environment import Environment
from ticketing.local.main import platform
from ticketing.local.ports import Ports
from ticketing.local.process import Part
from ticketing.local.reach import Reach
from ticketing.local.tests.infrastructure import users
from ticketing.registry import access
from ticketing.registry.declarations import Declaration, Role, services, stores

KEY = "sk_test_from_the_environment"
PUBLISHABLE_KEY = "pk_test_from_the_environment"


@pytest.fixture()
def data(tmp_path: Path) -> Iterator[DataDirectory]:
    data = DataDirectory.open(tmp_path / "data")
    yield data
    data.close()


def test_only_payments_gets_the_key_of_the_real_stripe(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_KEY", KEY)
    parts, _ = platform(data, port=8080, hold_seconds=60)
    assert "stripe" not in [part.name for part in parts]
    assert _who_has(parts, KEY) == {"payments-web", "payments-worker"}
    assert all("STRIPE_API_BASE" not in part.environment for part in parts)


def test_only_the_client_gets_the_publishable_key_of_the_real_stripe(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_KEY", KEY)
    monkeypatch.setenv("STRIPE_PUBLISHABLE_KEY", PUBLISHABLE_KEY)
    parts, _ = platform(data, port=8080, hold_seconds=60)
    assert _who_has(parts, PUBLISHABLE_KEY) == {"client-web"}
    assert all("STRIPE_JS_URL" not in part.environment for part in parts)


def test_the_client_takes_cards_by_the_stand_in(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRIPE_KEY", raising=False)
    monkeypatch.setenv("STRIPE_PUBLISHABLE_KEY", PUBLISHABLE_KEY)
    parts, _ = platform(data, port=8080, hold_seconds=60)
    of = {part.name: part for part in parts}
    script = of["client-web"].environment["STRIPE_JS_URL"]
    assert script == f"http://127.0.0.1:{of['stripe'].port}/v3/stripe.js"
    assert _who_has(parts, PUBLISHABLE_KEY) == set()


def test_only_payments_and_the_stand_in_know_what_signs_webhooks(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRIPE_KEY", raising=False)
    parts, _ = platform(data, port=8080, hold_seconds=60)
    of = {part.name: part.environment for part in parts}
    secret = of["stripe"]["STRIPE_WEBHOOK_SECRET"]
    assert _who_has(parts, secret) == {"stripe", "payments-web"}
    url = of["stripe"]["STRIPE_FAKE_WEBHOOK_URL"]
    assert url == "http://127.0.0.1:8080/api/payments/webhook"


def test_the_operator_finds_the_platform_by_a_file_that_nobody_else_can_read(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRIPE_KEY", raising=False)
    parts, _ = platform(data, port=8080, hold_seconds=60)
    of = {part.name: part.environment for part in parts}
    file = data.path / operator.FILE
    variables = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = {name: of["payments-worker"][name] for name in ("STRIPE_KEY", "STRIPE_API_BASE")}
    told |= {"NATS_CLUSTER_ID": "ticketing"}
    told |= {"NATS_URL": of["orders-worker"]["NATS_URL"]}
    told |= {"REDIS_URL": of["expiration-worker"]["REDIS_URL"]}
    for name in stores():
        told[f"{name.upper()}_MONGO_URI"] = of[f"{name}-web"]["MONGO_URI"]
    assert {name: _place(url) for name, url in variables.items()} == {
        name: _place(url) for name, url in told.items()
    }
    users = [urlsplit(url).username for url in variables.values() if "@" in url]
    assert users == [access.OPERATOR] * (2 + len(stores()))


def test_the_key_of_the_real_stripe_is_in_no_file(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_KEY", KEY)
    platform(data, port=8080, hold_seconds=60)
    files = [path.read_text() for path in data.path.rglob("*") if path.is_file()]
    assert [text for text in files if KEY in text] == []


def test_workers_share_their_work_under_names_of_their_own(data: DataDirectory) -> None:
    names = [part.name for part in platform(data, port=8080, hold_seconds=60, workers=3)[0]]
    assert len(names) == len(set(names))
    workers = {name for name in names if "-worker" in name}
    working = [name for name, each in services().items() if "worker" in each.roles]
    assert workers == {f"{name}-worker{n}" for name in working for n in ("", "-2", "-3")}
    assert names.count("expiration-scheduler") == 1


def test_the_signing_key_goes_only_to_services_that_know_users(data: DataDirectory) -> None:
    parts, _ = platform(data, port=8080, hold_seconds=60)
    knowing = {f"{name}-web" for name, each in services().items() if each.tokens}
    assert _who_has(parts, data.secret("jwt.key")) == knowing


def test_who_declares_nothing_is_told_nothing(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_KEY", KEY)
    role = Role(memory=("96Mi", "192Mi"))
    nobody = Declaration(name="nobody", summary="Does nothing", roles={"web": role, "worker": role})
    servers = (start(data, Ports()) for start in (infra.nats, infra.redis, infra.mongo))
    reach = Reach(data, *servers)
    environment = Environment(reach=reach, urls={}, stand_in={}, settings={}, limits=True)
    assert {**environment.of(nobody, "web"), **environment.of(nobody, "worker")} == {}


def test_each_password_goes_to_its_server_and_to_those_whose_it_is(data: DataDirectory) -> None:
    parts, _ = platform(data, port=8080, hold_seconds=60, workers=2)
    for server, names in users().items():
        for user in names:
            told = _who_is_told(parts, data.password(server, user))
            assert {name.removesuffix("-2") for name in told} == set(_entitled(server, user))


def _entitled(server: str, user: str) -> Iterator[str]:
    """Who knows the password, by the declarations."""
    if server != "redis":  # whose own arguments have but a hash
        yield server
    for service in services().values():
        for name, role in service.roles.items():
            own = {"nats": role.broker, "mongo": service.store and name in ("web", "worker")}.get(
                server
            )
            if role.redis == user if server == "redis" else own and user == service.name:
                yield f"{service.name}-{name}"


def test_without_limits_nobody_counts_requests(data: DataDirectory) -> None:
    parts, _ = platform(data, port=8080, hold_seconds=60, limits=False)
    assert _who_is_told(parts, data.password("redis", "limits")) == set()


def test_the_runner_keeps_its_own_environment_to_itself(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUD_TOKEN", "of no concern to the platform")
    parts, _ = platform(data, port=8080, hold_seconds=60)
    assert _who_has(parts, "of no concern to the platform") == set()


def test_no_two_processes_share_a_port(data: DataDirectory) -> None:
    parts, status_port = platform(data, port=8080, hold_seconds=60, workers=5)
    ports = [status_port, *(part.port for part in parts)]
    assert len(set(ports)) == len(ports)


def _who_has(parts: list[Part], value: str) -> set[str]:
    return {part.name for part in parts if value in part.environment.values()}


def _who_is_told(parts: list[Part], secret: str) -> set[str]:
    return {part.name for part in parts if any(secret in v for v in part.environment.values())}


def _place(url: str) -> str:
    """Where it leads, whoever goes there."""
    return url.rpartition("@")[2].partition("&authSource")[0]
