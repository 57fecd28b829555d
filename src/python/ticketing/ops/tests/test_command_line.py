"""The command line where there is no platform, or one that does not answer."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pymongo.errors import PyMongoError
from stripe import APIConnectionError

from ticketing.common.testing.servers import free_port
from ticketing.common.testing.services import UNKNOWN_ID
from ticketing.local.operator import FILE
from ticketing.ops.command_line import reason
from ticketing.ops.main import main
from ticketing.ops.platform import STORES, VARIABLES

VERBS = [
    *("dead list", "dead show 1", "dead replay --all", "dead drop 1", "outbox lag", "audit"),
    *(f"order show {UNKNOWN_ID}", f"order expire {UNKNOWN_ID}", f"payment refund {UNKNOWN_ID}"),
    *("projections rebuild orders",),
]


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def ops(line: str, data_dir: Path) -> Result:
    return CliRunner().invoke(main, ["--data-dir", str(data_dir), *line.split()])


@pytest.mark.parametrize("line", ["", "dead", "dead replay", "order expire", "projections rebuild"])
def test_help_needs_no_platform(line: str, tmp_path: Path) -> None:
    assert ops(f"{line} --help", tmp_path).exit_code == 0


@pytest.mark.parametrize("line", ["", "dead", "order", "outbox", "payment", "projections"])
def test_no_command_is_cut_short_in_the_help_of_its_group(line: str, tmp_path: Path) -> None:
    commands = ops(f"{line} --help", tmp_path).output.partition("Commands:")[2]
    assert commands
    assert "..." not in commands


@pytest.mark.parametrize("line", VERBS)
def test_without_a_platform_every_verb_says_so_in_one_line(line: str, tmp_path: Path) -> None:
    result = ops(line, tmp_path)
    assert result.exit_code == 1
    (said,) = result.output.splitlines()
    assert said.startswith(f"Error: No platform runs with the data directory {tmp_path}.")


@pytest.mark.parametrize("line", VERBS)
def test_a_platform_that_does_not_answer_is_an_error_and_no_traceback(
    line: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text(json.dumps(_unreachable()))
    result = ops(line, tmp_path)
    assert result.exit_code == 1, result.output
    assert result.output.splitlines()[-1].startswith("Error: "), result.output
    assert "Traceback" not in result.output
    assert len(result.output) < 2000


def test_a_wrong_command_line_is_no_failure_of_the_platform(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(_unreachable()))
    for line in ("dead replay", "dead drop 1 --all", "projections rebuild auth", "dead show x"):
        assert ops(line, tmp_path).exit_code == 2, line


@pytest.mark.parametrize("line", ["dead list", "dead list --consumer orders", "audit"])
def test_every_verb_names_the_broker_that_gives_no_answer(line: str, tmp_path: Path) -> None:
    platform = _unreachable()
    (tmp_path / FILE).write_text(json.dumps(platform))
    where = platform["NATS_URL"].rpartition("@")[2]
    assert ops(line, tmp_path).output == f"Error: No answer from the broker at {where}\n"


def test_a_consumer_that_cannot_be_is_no_fault_of_the_broker(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(_unreachable()))
    result = CliRunner().invoke(
        main, ["--data-dir", str(tmp_path), "dead", "list", "--consumer", "a b"]
    )
    assert (result.exit_code, result.output) == (0, "No dead letters of a b.\n")


def test_of_what_libraries_say_the_cause_is_left() -> None:
    settings = "(configured timeouts: socketTimeoutMS: 20000.0ms), Timeout: 0.3s, Topology ..."
    refused = "a.test:1: Connection refused"
    for said in (f"{refused} {settings}", f"{refused}, Timeout: 0.3s, Topology Description: <...>"):
        assert reason(PyMongoError(said)) == f"No answer from a database: {refused}"
    silent: Exception = APIConnectionError(  # type: ignore[no-untyped-call]
        "Unexpected error.  Write to us.\n\n(Network error: Timeout: read)"
    )
    assert reason(silent) == "No answer from Stripe: Timeout: read"


def _unreachable() -> dict[str, str]:
    mongo = f"mongodb://127.0.0.1:{free_port()}/it?serverSelectionTimeoutMS=200"
    return {
        **{f"{name.upper()}_MONGO_URI": mongo for name in STORES},
        "NATS_URL": f"nats://operator:secret@127.0.0.1:{free_port()}",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "STRIPE_KEY": "sk_test_nobody",
        "STRIPE_API_BASE": f"http://127.0.0.1:{free_port()}",
    }
