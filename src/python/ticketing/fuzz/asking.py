"""One run of schemathesis against a platform, as a child process.

It judges by the strict form of the document that the platform gives: a field that this does not
name is a failure.
"""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from ticketing.documents.strict import strict
from ticketing.local.infra import inherited, python_path

HOOKS = "ticketing.fuzz.hooks"
"""The module that schemathesis loads; these in its environment tell it what it has to know."""
URL, COUNTS, NOBODY = "FUZZ_URL", "FUZZ_COUNTS", "FUZZ_NOBODY"

PATIENCE = 60.0
"""Seconds to wait for the document."""
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
        self._document.write_text(json.dumps(strict(_document_of(url))))
        with self._terminal.open("w") as terminal:
            self._process = subprocess.Popen(
                _command(self._document, url, seconds, seed),
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
    def _document(self) -> Path:
        return self._directory / "openapi.json"

    @property
    def _counts(self) -> Path:
        return self._directory / "counts.json"

    def _environment(self, url: str) -> dict[str, str]:
        nobody = {NOBODY: "1"} if self.who == "nobody" else {}
        own = {URL: url, COUNTS: str(self._counts), "NO_PROXY": "127.0.0.1"}
        module = {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": python_path()}
        return own | module | nobody


def _document_of(url: str) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"{url}/api/openapi.json", timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json()


def _command(document: Path, url: str, seconds: int, seed: int) -> list[str]:
    options = {
        "url": url,
        "checks": "all",
        "max-time": seconds,
        "seed": seed,
        "request-timeout": 60,
        "generation-database": "none",
    }
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    flags = ["--continue-on-failure", "--no-color"]
    return [sys.executable, "-m", "schemathesis.cli", "run", str(document), *given, *flags]
