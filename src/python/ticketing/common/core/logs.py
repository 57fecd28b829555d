"""Logs: one JSON line per record on standard output, from our code and from libraries alike."""

import logging
import sys
from typing import Any

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_CHATTY = (
    "flask-limiter",
    "httpcore",
    "httpx",
    "pymongo",
    "rq",
    "stripe",
    "urllib3",
    "werkzeug",
)


def configure(service: str, level: str = "INFO") -> None:
    """Send every record, structlog's and the standard library's, to stdout as a JSON line."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _named(service),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger: a fixed phrase as the event, data as keyword arguments."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def _named(service: str) -> structlog.typing.Processor:
    def add(_: Any, __: str, record: structlog.typing.EventDict) -> structlog.typing.EventDict:
        record["service"] = service
        return record

    return add
