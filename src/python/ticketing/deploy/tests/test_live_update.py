"""Process 1 of a pod under Tilt, in a directory like an image's /app: the newest code runs."""

import json
import os
import signal
import subprocess
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).parents[5]
MAIN = "ticketing/sample/main.py"
PACKAGES = "lib/python3.11/site-packages"
SCRIPT = ROOT / "src/k8s/components/live-update/restart.py"
SERVING = "for _ in range(1200): time.sleep(0.05)"
"""Not one long sleep, which a signal just before it would not end."""
SERVICE = r"""
import os
import signal
import sys
import time

def stop(*_):
    os.write(1, b"stopping\n")  # print may be at work, and is not to be called in itself
    sys.exit(7)

signal.signal(signal.SIGTERM, stop)
print("as built", *sys.argv[1:], flush=True)
""" + SERVING

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture()
def app(tmp_path: Path) -> Path:
    app = tmp_path / "app"
    venv.create(app, symlinks=True)
    (app / "PEX-INFO").write_text(json.dumps({"entry_point": "ticketing.sample.main"}))
    code = app / PACKAGES / "ticketing/sample"
    code.mkdir(parents=True)
    (code / "__init__.py").touch()
    (code.parent / "__init__.py").touch()
    (code / "main.py").write_text(SERVICE)
    return app


@pytest.fixture()
def live(tmp_path: Path) -> Path:
    live = tmp_path / "live"
    live.mkdir()
    return live


@pytest.fixture()
def start(app: Path, live: Path) -> Iterator[Start]:
    started = []

    def start() -> subprocess.Popen[str]:
        command = [str(app / "bin/python"), str(SCRIPT), str(live), "web"]
        # In a directory that has a package of the same name.
        started.append(
            subprocess.Popen(
                command,
                cwd=app / PACKAGES,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _output(process).close()


def test_it_runs_the_service_with_its_arguments_until_it_is_told_to_stop(start: Start) -> None:
    process = start()
    assert _line(process) == "as built web"
    process.send_signal(signal.SIGTERM)
    assert _line(process) == "stopping"
    assert process.wait(30) == 7


def test_after_a_hangup_the_service_has_stopped_and_runs_the_new_code(
    start: Start, live: Path, app: Path
) -> None:
    process = start()
    assert _line(process) == "as built web"
    _change(live, "as built", "as changed")
    process.send_signal(signal.SIGHUP)
    assert [_line(process), _line(process)] == ["stopping", "as changed web"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 7
    assert "as changed" not in (app / PACKAGES / MAIN).read_text()


def test_a_service_that_ends_by_itself_ends_the_container(start: Start, app: Path) -> None:
    _change(app / PACKAGES, SERVING, "sys.exit(3)")
    assert start().wait(30) == 3


def test_a_service_that_is_killed_is_told_as_a_shell_would(start: Start, app: Path) -> None:
    _change(app / PACKAGES, SERVING, "signal.raise_signal(signal.SIGKILL)")
    assert start().wait(30) == 128 + signal.SIGKILL


def test_changed_code_that_does_not_run_waits_to_be_mended(start: Start, live: Path) -> None:
    process = start()
    assert _line(process) == "as built web"
    for _ in range(2):
        _change(live, SERVING, "sys.exit(3)")
        process.send_signal(signal.SIGHUP)
        said = [_line(process), _line(process), _line(process)]
        waiting = "the service has ended (3): waiting for another change"
        assert said == ["stopping", "as built web", waiting]
        _change(live, "sys.exit(3)", SERVING)
        process.send_signal(signal.SIGHUP)
        assert _line(process) == "as built web"


def test_a_container_can_be_stopped_while_its_code_does_not_run(start: Start, live: Path) -> None:
    process = start()
    assert _line(process) == "as built web"
    _change(live, SERVING, "sys.exit(3)")
    process.send_signal(signal.SIGHUP)
    assert "waiting" in [_line(process), _line(process), _line(process)][-1]
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 3


def test_a_container_that_starts_again_has_the_code_of_its_image(start: Start, live: Path) -> None:
    """Tilt sees that it has, and brings the changes again."""
    first = start()
    assert _line(first) == "as built web"
    _change(live, "as built", "as changed")
    first.send_signal(signal.SIGTERM)
    first.wait(30)
    assert _line(start()) == "as built web"


def test_nothing_compiled_is_taken_along(start: Start, app: Path, live: Path) -> None:
    """It could be of the kind that is not compared with its source."""
    compiled = app / PACKAGES / "ticketing/__pycache__"
    compiled.mkdir()
    (compiled / "other.cpython-311.pyc").touch()
    assert _line(start()) == "as built web"
    assert not (live / "ticketing/__pycache__/other.cpython-311.pyc").exists()


def _change(live: Path, old: str, new: str) -> None:
    """As Tilt does it: a whole new file in the place of the old."""
    path = live / MAIN
    text = path.read_text()
    assert old in text
    path.unlink()
    path.write_text(text.replace(old, new))


def _output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def _line(process: subprocess.Popen[str]) -> str:
    return _output(process).readline().rstrip("\n")
