"""The log file of one process: its new lines, and which of them are warnings."""

import json
import re
from pathlib import Path

# nats-server "[WRN]", SecantusDB and Python "ERROR", redis-server " # Can't ...".
WARNING = re.compile(
    r"\[(WRN|ERR|FTL)\]"
    r"|\b(WARNING|ERROR|CRITICAL|FATAL|panic)\b"
    r"|^\d+:[A-Z] .* # .*(error|fail|can't|unable|corrupt)",
    re.IGNORECASE,
)
# What is said at each start, and is either meant so or true of nearly every laptop; and that a
# visitor has left a page that listened to a stream.
NOISE = re.compile(
    r"admin endpoint disabled|overcommit|Transparent Huge Pages"
    r"|Plaintext passwords detected"  # random ones, which need no slow hash
    r"|aborting with incomplete response.*context canceled"
)
LEVELS = {"warn", "warning", "error", "critical", "fatal", "panic", "dpanic"}
MONGOD_LEVELS = {"W", "E", "F"}


class LogFile:
    """Follows a file that grows at its end; begins at the end it has now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = path.stat().st_size if path.exists() else 0
        self._last = ""

    def new_lines(self) -> list[str]:
        """The complete lines since the last call."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self._offset)
            fresh = file.read()
        complete = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(complete)
        lines = complete.decode(errors="replace").splitlines()
        self._last = lines[-1] if lines else self._last
        return lines

    def new_warnings(self) -> list[str]:
        return [line for line in self.new_lines() if is_warning(line)]

    @property
    def last_line(self) -> str:
        return self._last


def is_warning(line: str) -> bool:
    """True for a line of level warning or worse, in the format of any of our parts."""
    if NOISE.search(line):
        return False
    if not line.startswith("{"):
        return bool(WARNING.search(line))
    try:
        record = json.loads(line)
    except ValueError:
        return False
    return str(record.get("level")).lower() in LEVELS or record.get("s") in MONGOD_LEVELS
