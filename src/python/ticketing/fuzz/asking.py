"""One run of schemathesis against a platform, as a child process."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ticketing.local.infra import inherited
from ticketing.local.infra import python_path

HOOKS = "ticketing.fuzz.hooks"
"""The module that schemathesis loads; these in its environment tell it what it has to know."""
URL, COUNTS, NOBODY = "FUZZ_URL", "FUZZ_COUNTS", "FUZZ_NOBODY"

SLACK = 300
"""Seconds that a run may take longer than it was given; then it hangs."""


@dataclass(frozen=True)
class Asked:
    """What came of a run: answers by `METHOD path status`, and what schemathesis had to say."""

    who: str
    counts: Counter[str]
    said: str
    passed: bool


class Asking:
    """Runs from now on, for so many seconds; the seed decides what is asked."""

    def __init__(self, who: str, url: str, directory: Path, *, seconds: int, seed: int) -> None:
        self.who, self._seconds = who, seconds
        self._directory = directory / who
        self._directory.mkdir()
        with self._terminal.open("w") as terminal:
            self._process = subprocess.Popen(
                _command(url, seconds, seed),
                cwd=self._directory,
                env=inherited() | self._environment(url),
                stdout=terminal,
                stderr=subprocess.STDOUT,
            )

    def end(self) -> Asked:
        """Wait for it; raises subprocess.TimeoutExpired where it hangs."""
        try:
            code = self._process.wait(self._seconds + SLACK)
        finally:
            self._process.kill()
        counts = (
            Counter(json.loads(self._counts.read_text())) if self._counts.exists() else Counter()
        )
        return Asked(self.who, counts, self._terminal.read_text(), passed=code == 0)

    @property
    def _terminal(self) -> Path:
        return self._directory / "terminal.txt"

    @property
    def _counts(self) -> Path:
        return self._directory / "counts.json"

    def _environment(self, url: str) -> dict[str, str]:
        nobody = {NOBODY: "1"} if self.who == "nobody" else {}
        own = {URL: url, COUNTS: str(self._counts), "NO_PROXY": "127.0.0.1"}
        module = {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": python_path()}
        return own | module | nobody


def _command(url: str, seconds: int, seed: int) -> list[str]:
    options = {
        "checks": "all",
        "max-time": seconds,
        "seed": seed,
        "request-timeout": 60,
        "generation-database": "none",
    }
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    flags = ["--continue-on-failure", "--no-color"]
    where = f"{url}/api/openapi.json"
    return [sys.executable, "-m", "schemathesis.cli", "run", where, *given, *flags]
