"""The events as a table for people, made from their AsyncAPI document."""

from collections.abc import Iterator
from typing import Any

from ticketing.documents.shapes import Shape, at, shape

Json = dict[str, Any]

HEAD = """\
# Events

Made by `./pants run src/python/ticketing/documents`. A `?` follows what may be missing; `subject`,
`id` and `occurredAt` are in every event.

| subject | from | heard by | holds | means |
|---|---|---|---|---|
"""
OF_EVERY_EVENT = ("subject", "id", "occurredAt")


def events_table(document: Json) -> str:
    """A row for each event."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(document))


def _rows(document: Json) -> Iterator[tuple[str, ...]]:
    told = [name.split(".", 2) for name in document["operations"]]
    for subject, channel in document["channels"].items():
        [message] = (at(document, one) for one in channel["messages"].values())
        [source] = (who for who, action, what in told if (action, what) == ("send", subject))
        heard = (who for who, action, what in told if (action, what) == ("receive", subject))
        own = _held(shape(document, message["payload"]), OF_EVERY_EVENT)
        yield f"`{subject}`", source, ", ".join(heard), f"`{own}`", message.get("summary", "")


def _held(holder: Shape, known: tuple[str, ...] = ()) -> str:
    """The fields of an object, and of those in it."""
    return ", ".join(
        name
        + ("" if name in holder.required else "?")
        + (f": {{{_held(field)}}}" if field.fields else "")
        for name, field in holder.fields.items()
        if name not in known
    )
