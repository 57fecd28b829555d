"""Events as they have been on the wire: a file for each, under `golden`, to be read for ever.

What is written there may wait in somebody's stream or outbox. A new field changes none of these
files: it has a default, and is not written where it has that. The command that writes the documents
adds a file that has it.
"""

from collections.abc import Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ticketing.common.core.event import Event, subject
from ticketing.common.core.events import EVENTS
from ticketing.common.messaging.bus import Done, EventRouter, Message
from ticketing.common.tests.things import NOON

Way = tuple[str, ...]
GOLDEN = Path(__file__).with_name("golden")


FILES = {path.stem: path.read_bytes().removesuffix(b"\n") for path in GOLDEN.iterdir()}


def kind_of(name: str) -> type[Event]:
    return EVENTS[msgspec.json.decode(FILES[name])["subject"]]


def heard(kind: type[Event], body: bytes) -> Event:
    """The event as a handler gets it from a message with this body."""
    found: list[Event] = []
    router = EventRouter[None]()

    def hear(event: Event, _: None) -> None:
        found.append(event)

    router.on(kind)(hear)
    message = Message(id="1", subject=subject(kind), body=body, correlation_id="1", tries=1)
    assert router.attempt(message, None) == Done()
    return found[0]


def with_unknown(value: Any) -> Any:
    """The same JSON value with a field more in each object."""
    if isinstance(value, dict):
        return {"news": {"of": [1]}, **{name: with_unknown(one) for name, one in value.items()}}
    return value


def test_every_event_has_its_golden_file_and_there_is_no_other() -> None:
    assert {subject(kind_of(name)) for name in FILES} == set(EVENTS)


@pytest.mark.parametrize("name", FILES)
def test_an_event_is_read_from_its_golden_file_and_written_to_the_byte(name: str) -> None:
    event = heard(kind_of(name), FILES[name])
    assert msgspec.json.encode(event) == FILES[name]
    assert event.occurred_at == NOON


@pytest.mark.parametrize("name", FILES)
def test_readers_ignore_fields_that_they_do_not_know(name: str) -> None:
    body = msgspec.json.encode(with_unknown(msgspec.json.decode(FILES[name])))
    assert b"news" in body
    assert heard(kind_of(name), body) == heard(kind_of(name), FILES[name])


def optional(kind: type[msgspec.Struct]) -> Iterator[Way]:
    """The fields of an event that may be missing, each by its way through what is in it."""
    for field in msgspec.structs.fields(kind):
        if not field.required:
            yield (field.encode_name,)
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from ((field.encode_name, *rest) for rest in optional(field.type))


def without(name: str, way: Way) -> bytes | None:
    """The golden file with one field less; None where it has no such field."""
    body = msgspec.json.decode(FILES[name])
    *outer, last = way
    holder = reduce(getitem, outer, body)
    return msgspec.json.encode(body) if holder.pop(last, None) is not None else None


LESS = {
    f"{name} without {'.'.join(way)}": (kind_of(name), body)
    for name in FILES
    for way in optional(kind_of(name))
    if (body := without(name, way)) is not None
}


@pytest.mark.parametrize(("kind", "body"), LESS.values(), ids=LESS)
def test_readers_fill_what_an_older_event_lacks_with_its_default(
    kind: type[Event], body: bytes
) -> None:
    """It is the default: no event says what has that."""
    assert msgspec.json.encode(heard(kind, body)) == body


def test_the_golden_files_have_every_field_that_there_is() -> None:
    """Those that may be missing are there in one, so that their names cannot change unseen."""
    ways = {way for kind in EVENTS.values() for way in optional(kind)}
    assert ways == {tuple(case.split(" without ")[1].split(".")) for case in LESS}
    assert ways
