"""The documents as they are kept in the repository, and what they say of a change."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ticketing.documents.asyncapi import asyncapi, events_told
from ticketing.documents.compatibility import broken
from ticketing.documents.events_table import events_table
from ticketing.documents.gateway import openapi
from ticketing.documents.golden import missing

OPENAPI, ASYNCAPI = "docs/api/openapi.json", "docs/api/asyncapi.json"
EVENTS = "docs/api/events.md"
SERVED = "src/python/ticketing/client/documents/openapi.json"
"""What the client answers with: the same, without the spaces."""


class Documents:
    """Those of this code, and those that are kept under a directory, the repository's root."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made = {OPENAPI: openapi(), ASYNCAPI: asyncapi()}

    def breaks(self) -> list[str]:
        """What those who use the kept documents would miss, a line for each thing."""
        return [line for name, made in self._made.items() for line in self._breaks(name, made)]

    def stale(self) -> list[str]:
        """The files that are not what this code says."""
        return [name for name, text in self._texts() if self._read(name) != text]

    def write(self) -> None:
        """Keep what this code says."""
        for name, text in self._texts():
            path = self._root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def _texts(self) -> Iterator[tuple[str, str]]:
        for name, made in self._made.items():
            yield name, json.dumps(made, indent=2, ensure_ascii=False) + "\n"
        yield EVENTS, events_table(self._made[ASYNCAPI])
        yield from missing(self._root, events_told())
        yield SERVED, msgspec.json.encode(self._made[OPENAPI]).decode() + "\n"

    def _read(self, name: str) -> str | None:
        path = self._root / name
        return path.read_text() if path.exists() else None

    def _breaks(self, name: str, made: dict[str, Any]) -> list[str]:
        kept = self._read(name)
        return [] if kept is None else broken(json.loads(kept), made)
