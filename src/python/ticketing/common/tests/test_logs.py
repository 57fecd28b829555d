"""Log records as they leave a process."""

import logging
from datetime import datetime

from structlog.contextvars import bound_contextvars

from ticketing.common.core.logs import logger
from ticketing.common.tests.conftest import LogLines


def test_a_record_is_one_json_line_with_its_data_as_fields(log_lines: LogLines) -> None:
    logger(__name__).info("ticket sold", ticket_id="t", price=20.5, title="a\nb \u00e9")
    (line,) = log_lines()
    moment = datetime.fromisoformat(line.pop("timestamp"))
    assert moment.utcoffset() is not None
    assert line == {
        "event": "ticket sold",
        "level": "info",
        "service": "sample",
        "ticket_id": "t",
        "price": 20.5,
        "title": "a\nb \u00e9",
    }


def test_records_of_libraries_look_the_same(log_lines: LogLines) -> None:
    logging.getLogger("some.library").warning("lost %s of %d", "one", 2)
    (line,) = log_lines()
    assert (line["event"], line["level"]) == ("lost one of 2", "warning")
    assert line["service"] == "sample"
    assert "timestamp" in line


def test_an_exception_is_part_of_its_one_line(log_lines: LogLines) -> None:
    for log in (logger(__name__), logging.getLogger("some.library")):
        try:
            raise KeyError("ticket")
        except KeyError:
            log.exception("it broke")
    lines = log_lines()
    assert len(lines) == 2
    for line in lines:
        assert (line["event"], line["level"]) == ("it broke", "error")
        assert line["exception"].startswith("Traceback")
        assert line["exception"].endswith("KeyError: 'ticket'")


def test_the_correlation_id_is_in_every_record_of_its_context(log_lines: LogLines) -> None:
    with bound_contextvars(correlation_id="request-1"):
        logger(__name__).info("ours")
        logging.getLogger("some.library").warning("theirs")
    logger(__name__).info("after")
    ours, theirs, after = log_lines()
    assert ours["correlation_id"] == theirs["correlation_id"] == "request-1"
    assert "correlation_id" not in after


def test_what_is_below_the_level_and_chatter_of_libraries_is_left_out(
    log_lines: LogLines,
) -> None:
    logger(__name__).debug("detail")
    logging.getLogger("werkzeug").info("GET / 200")
    assert log_lines() == []


def test_what_json_cannot_say_is_still_a_line(log_lines: LogLines) -> None:
    logger(__name__).info("odd", kind=logging.Logger, bad="\ud800", raw=b"\xff")
    (line,) = log_lines()
    assert line["event"] == "odd"
    assert "Logger" in line["kind"]
