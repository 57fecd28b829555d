"""The rendered files are those of the declarations, and a declaration is all that one needs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from ticketing.registry import declarations
from ticketing.registry.declarations import CONSUMERS, FILE, TICKETING, consumers, services
from ticketing.registry.main import main
from ticketing.registry.manifests import FOLDER, PRELUDE, files
from ticketing.registry.rendered import COMMAND, Json, Rendered

ROOT = Path(__file__).parents[5]
MAIL = """
summary = "Tells people what happened"
store = true
tokens = "checks"
calls = ["auth"]
internet = true

[roles.web]
path = "/api/mail"
memory = ["128Mi", "256Mi"]

[roles.worker]
broker = true
memory = ["96Mi", "192Mi"]
"""


@pytest.fixture()
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of all declarations, which the registry reads from now on."""
    folder = tmp_path / "declared"
    shutil.copytree(TICKETING, folder, ignore=_all_but_declarations)
    monkeypatch.setattr(declarations, "TICKETING", folder)
    forget()
    yield folder
    forget()


def _all_but_declarations(folder: str, names: list[str]) -> list[str]:
    return [
        n for n in names if n not in (FILE, CONSUMERS) and not (Path(folder) / n / FILE).exists()
    ]


def forget() -> None:
    services.cache_clear()
    consumers.cache_clear()


def run(root: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), *options])


def objects(name: str) -> list[Json]:
    return [one for one in yaml.safe_load_all(files()[f"{FOLDER}/{name}"]) if one]


def test_the_rendered_files_are_current() -> None:
    """If not: ./pants run src/python/ticketing/registry"""
    assert Rendered(ROOT, files(), FOLDER).stale() == []


def test_what_is_written_is_current_and_a_check_writes_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "--check").exit_code == 1
    assert list(tmp_path.iterdir()) == []
    assert run(tmp_path).exit_code == 0
    assert run(tmp_path, "--check").exit_code == 0


def test_what_is_not_current_is_named_with_the_command(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / PRELUDE).write_text("")
    (tmp_path / FOLDER / "gone.yaml").touch()
    told = f"not current: {FOLDER}/gone.yaml, {PRELUDE}; run {COMMAND}\n"
    assert run(tmp_path, "--check").output == told
    run(tmp_path)
    assert run(tmp_path, "--check").exit_code == 0
    assert not (tmp_path / FOLDER / "gone.yaml").exists()


def test_an_outside_consumer_gets_a_user_a_secret_and_its_password_at_the_broker(
    declared: Path,
) -> None:
    (declared / CONSUMERS).write_text('[announcer]\nhears = ["ticket.created"]\n')
    forget()
    assert "user: announcer\n" in files()[f"{FOLDER}/users.conf"]
    assert "announcer-secret NATS_PASSWORD\n" in files()[f"{FOLDER}/secrets"]
    nats, _ = objects("passwords.yaml")
    [container] = nats["spec"]["template"]["spec"]["containers"]
    [password] = [one for one in container["env"] if one["name"] == "NATS_ANNOUNCER"]
    reference = {"name": "announcer-secret", "key": "NATS_PASSWORD"}
    assert password["valueFrom"]["secretKeyRef"] == reference


def test_a_new_service_takes_nothing_but_its_declaration(declared: Path) -> None:
    before = files()
    (declared / "mail").mkdir()
    (declared / "mail" / FILE).write_text(MAIL)
    forget()
    after = files()
    changed = {name.removeprefix(f"{FOLDER}/") for name in after if after[name] != before.get(name)}
    assert changed == {
        PRELUDE,
        "gateway.yaml",
        "keda/scaling.yaml",
        "kustomization.yaml",
        "mail-mongo/kustomization.yaml",
        "mail.yaml",
        "passwords.yaml",
        "production/availability.yaml",
        "production/kustomization.yaml",
        "production/scaling.yaml",
        "secrets",
        "users.conf",
    }
    web = objects("mail.yaml")[0]["spec"]["template"]
    assert web["metadata"]["labels"] == {
        "app.kubernetes.io/name": "mail",
        "app.kubernetes.io/component": "web",
        "ticketing/calls-auth": "true",
        "ticketing/gateway": "true",
        "ticketing/internet": "true",
        "ticketing/store": "true",
        "ticketing/tokens": "checks",
    }
