"""The events of the platform: one AsyncAPI 3 document, made from their structs."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from ticketing.common.core.event import Event, subject
from ticketing.common.core.events import EVENTS
from ticketing.common.web.openapi import schemas_of
from ticketing.registry.declarations import consumers, publisher
from ticketing.registry.programs import built_by, sample

Json = dict[str, Any]

DESCRIPTION = """\
Every event tells of one change, once that is stored; it holds the whole public state of its
aggregate, with its version. It comes at least once, in any order: what is not newer than what is
known is old.

Ignore fields that you do not know, and take what is missing from an older event at its default.
"""
HEADERS: Json = {
    "type": "object",
    "properties": {
        "Nats-Msg-Id": {"type": "string", "description": "The event's id."},
        "Correlation-Id": {"type": "string", "description": "The request that it came of."},
    },
    "required": ["Nats-Msg-Id", "Correlation-Id"],
}


def asyncapi() -> Json:
    """Every event: where it travels, what it holds, who tells it and who listens."""
    kinds, heard = events_told(), _heard()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Ticketing", "version": "1", "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"nats": {"host": "nats:4222", "protocol": "nats"}},
        "channels": {subject(kind): _channel(kind) for kind in kinds},
        "operations": {name: one for kind in kinds for name, one in _operations(kind, heard)},
        "components": {
            "messages": {kind.__name__: _message(kind) for kind in kinds},
            "schemas": schemas_of(kinds),
        },
    }


def events_told() -> list[type[Event]]:
    """Every event that there is, by its subject."""
    return [EVENTS[name] for name in sorted(EVENTS)]


def _channel(kind: type[Event]) -> Json:
    message = {"$ref": f"#/components/messages/{kind.__name__}"}
    return {"address": subject(kind), "messages": {kind.__name__: message}}


def _message(kind: type[Event]) -> Json:
    message: Json = {
        "name": subject(kind),
        "headers": HEADERS,
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
    }
    if kind.__doc__ and kind.__doc__ != Event.__doc__:
        message["summary"] = inspect.cleandoc(kind.__doc__)
    return message


def _operations(
    kind: type[Event], heard: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Json]]:
    yield f"{publisher(subject(kind))}.send.{subject(kind)}", _operation("send", kind)
    for name, subjects in heard.items():
        if any(fnmatchcase(subject(kind), pattern) for pattern in subjects):
            yield f"{name}.receive.{subject(kind)}", _operation("receive", kind)


def _heard() -> Mapping[str, Sequence[str]]:
    """The subjects that each service handles, by their routers, and each outside consumer."""
    outside = {name: each.hears for name, each in consumers().items()}
    return {name: sample(name).router.subjects for name in built_by()} | outside


def _operation(action: str, kind: type[Event]) -> Json:
    channel = f"#/channels/{subject(kind)}"
    messages = [{"$ref": f"{channel}/messages/{kind.__name__}"}]
    return {"action": action, "channel": {"$ref": channel}, "messages": messages}
