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
from ticketing.registry.rendered import Rendered

OPENAPI, ASYNCAPI = "docs/api/openapi.json", "docs/api/asyncapi.json"
EVENTS = "docs/api/events.md"
SERVED = "src/python/ticketing/client/documents/openapi.json"
"""What the client answers with: the same, without the spaces."""


class Documents:
    """Those of this code, and those that are kept under a directory, the repository's root."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made = {OPENAPI: openapi(), ASYNCAPI: asyncapi()}
        self.rendered = Rendered(root, dict(self._texts()))

    def breaks(self) -> list[str]:
        """What those who use the kept documents would miss, a line for each thing."""
        return [line for name, made in self._made.items() for line in self._breaks(name, made)]

    def _texts(self) -> Iterator[tuple[str, str]]:
        for name, made in self._made.items():
            yield name, json.dumps(made, indent=2, ensure_ascii=False) + "\n"
        yield EVENTS, events_table(self._made[ASYNCAPI])
        yield from missing(self._root, events_told())
        yield SERVED, msgspec.json.encode(self._made[OPENAPI]).decode() + "\n"

    def _breaks(self, name: str, made: dict[str, Any]) -> list[str]:
        path = self._root / name
        return broken(json.loads(path.read_text()), made) if path.exists() else []
