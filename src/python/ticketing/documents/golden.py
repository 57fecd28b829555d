"""Events as they are on the wire, kept to be read for ever: a file is added where a new event, or a
new field, is in none; none is changed.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import msgspec
from msgspec import Struct, structs

from ticketing.common.core.event import Event, subject
from ticketing.common.web.views import EXAMPLE_ID

GOLDEN = "src/python/ticketing/common/tests/golden"
NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
_VALUES: dict[type, Any] = {bool: True, int: 3, float: 20.5, datetime: NOON}


def missing(root: Path, kinds: Iterable[type[Event]]) -> Iterator[tuple[str, str]]:
    """The name and the text of each file that has yet to be added."""
    kept = [msgspec.json.decode(path.read_bytes()) for path in (root / GOLDEN).glob("*.json")]
    told = {body["subject"] for body in kept}
    known = {name for body in kept for name in _names(body)}
    for kind in kinds:
        body = msgspec.json.encode(_example(kind, ""))
        named = set(_names(msgspec.json.decode(body)))
        if subject(kind) in told and named <= known:
            continue
        known |= named
        more = sum(each["subject"] == subject(kind) for each in kept)
        number = f".{more + 1}" if more else ""
        yield f"{GOLDEN}/{subject(kind)}{number}.json", f"{body.decode()}\n"


def _names(body: dict[str, Any], outer: str = "") -> Iterator[str]:
    """The names of all fields, each with those of the objects that it is in."""
    for name, value in body.items():
        yield f"{outer}{name}"
        if isinstance(value, dict):
            yield from _names(value, f"{outer}{name}.")


def _example(kind: Any, name: str) -> Any:
    """A value for every field, those that may be missing included."""
    if isinstance(kind, UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    if issubclass(kind, Struct):
        return kind(**{each.name: _example(each.type, each.name) for each in structs.fields(kind)})
    if issubclass(kind, StrEnum):
        return next(iter(kind))
    return _VALUES.get(kind, EXAMPLE_ID if name.split("_")[-1] == "id" else name)
