"""Which lines of the parts' logs are warnings, and how a growing file is followed."""

from pathlib import Path

import pytest

from ticketing.local.logfile import LogFile, is_warning


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "request failed", "level": "error"}',
        '{"level":"warn","msg":"aborting with incomplete response"}',
        '{"t":{"$date":"2026-11-22"},"s":"W","c":"CONTROL","msg":"Access control is off"}',
        "[71] 2026/11/22 13:30:00.000000 [WRN] JetStream is low on space",
        "[71] 2026/11/22 13:30:00.000000 [ERR] no space left on device",
        "71:M 22 Nov 2026 13:30:00.000 # Error writing to the AOF file: No space left on device",
        "2026-11-22 13:30:00,000 WARNING secantus.server: slow command",
    ],
)
def test_a_warning_is_known_in_the_format_of_each_part(line: str) -> None:
    assert is_warning(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        '{"event": "working", "level": "info"}',
        '{"t":{"$date":"2026-11-22"},"s":"I","c":"NETWORK","msg":"Waiting for connections"}',
        '{"level":"warn","logger":"admin","msg":"admin endpoint disabled"}',
        '{"level":"warn","msg":"aborting with incomplete response","error":"context canceled"}',
        "[71] 2026/11/22 13:30:00.000000 [INF] Server is ready",
        "71:M 22 Nov 2026 13:30:00.000 # Server initialized",
        "71:M 22 Nov 2026 13:30:00.000 # WARNING overcommit_memory is set to 0!",
        "2026-11-22 13:30:00,000 INFO secantus.server: listening on 127.0.0.1:27017",
    ],
)
def test_what_is_said_at_every_start_is_no_warning(line: str) -> None:
    assert not is_warning(line)


def test_only_new_and_complete_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "part.log"
    path.write_text("of an earlier run\n")
    log = LogFile(path)
    with path.open("a") as file:
        file.write("one\ntw")
    assert log.new_lines() == ["one"]
    with path.open("a") as file:
        file.write("o\n")
    assert log.new_lines() == ["two"]
    assert log.last_line == "two"
