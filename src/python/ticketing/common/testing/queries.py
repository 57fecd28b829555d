"""Which queries scan a collection: every one that a service makes is held against its indexes.

By a rule of our own, for there is no mongod here to ask. mongomock explains nothing; SecantusDB is
right about what it does with a `find`, but scans for an `$all`, a range of `_id` alone and an `_id`
with more beside it, where MongoDB does not, and says of every update that it scans.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pymongo

from ticketing.common.storage.mongo import Indexes

Order = Sequence[tuple[str, int]]

_READERS = {"find", "find_one", "find_one_and_update", "count_documents", "distinct"}
_WRITERS = {"update_one", "update_many", "replace_one", "delete_one", "delete_many"}
_UNKNOWN = {"aggregate", "bulk_write", "find_one_and_replace", "find_one_and_delete"}
_RANGES = {"$lt", "$lte", "$gt", "$gte"}
_POINTS = {"$eq", "$in", "$all"}


@dataclass
class Query:
    """What a service asked of a collection."""

    collection: str
    operation: str
    filter: Mapping[str, Any]
    order: Order = ()

    def is_served(self, indexes: Indexes) -> bool:
        """Whether an index bounds what is read as well as one can, and brings it in order."""
        if _is_point(self.filter.get("_id")):
            return True
        made = [model.document for model in indexes.get(self.collection, ())]
        return any(_serves(index, self) for index in [{"key": {"_id": 1}}, *made])


@dataclass
class Watched:
    """A database that remembers what is asked of it, but for what tests ask themselves."""

    database: Any
    queries: list[Query] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        """The collection of this name."""
        return _WatchedCollection(self, name)

    def __getattr__(self, name: str) -> Any:
        """All else is the database's own."""
        return getattr(self.database, name)


class _WatchedCollection:
    def __init__(self, watched: Watched, name: str) -> None:
        self._watched, self._name = watched, name

    def __getattr__(self, name: str) -> Any:
        if name in _UNKNOWN and not _is_of_a_test():
            raise NotImplementedError(f"the rule does not know {name} yet")
        found = getattr(self._watched.database[self._name], name)
        if name not in _READERS | _WRITERS or _is_of_a_test():
            return found
        return lambda *args, **options: self._ask(name, found, *args, **options)

    def _ask(self, operation: str, found: Any, *args: Any, **options: Any) -> Any:
        query = Query(self._name, operation, *args[:1])
        self._watched.queries.append(query)
        answer = found(*args, **options)
        return _Cursor(query, answer) if operation == "find" else answer


class _Cursor:
    """Hears of the order, which is asked for after the query."""

    def __init__(self, query: Query, cursor: Any) -> None:
        self._query, self._cursor = query, cursor

    def sort(self, order: str | list[tuple[str, int]], direction: int = 1) -> "_Cursor":
        self._query.order = [(order, direction)] if isinstance(order, str) else order
        self._cursor = self._cursor.sort(self._query.order)
        return self

    def limit(self, limit: int) -> "_Cursor":
        self._cursor = self._cursor.limit(limit)
        return self

    def __iter__(self) -> Any:
        return iter(self._cursor)


def scans(queries: Iterable[Query], indexes: Indexes) -> list[Query]:
    """The queries that none of these indexes serves."""
    return [query for query in queries if not query.is_served(indexes)]


def without(indexes: Indexes, collection: str, left_out: pymongo.IndexModel) -> Indexes:
    """The indexes but for one."""
    others = [model for model in indexes[collection] if model is not left_out]
    return {**indexes, collection: others}


def that_queries_need(indexes: Indexes) -> list[tuple[str, pymongo.IndexModel]]:
    """Every index with its collection, but for those by which the database drops what is over."""
    return [
        (collection, model)
        for collection, models in indexes.items()
        for model in models
        if "expireAfterSeconds" not in model.document
    ]


def _serves(index: Mapping[str, Any], query: Query) -> bool:
    """The index begins with all that is asked for one value; what follows is in the order that is
    asked for, or where none is, bounded by a range.
    """
    fields = list(index["key"].items())
    points = {name for name, asked in query.filter.items() if _is_point(asked)}
    ranges = {name for name, asked in query.filter.items() if _is_range(asked)}
    if {name for name, _ in fields[: len(points)]} != points:
        return False
    following = [name for name, _ in fields[len(points) :]]
    if not points and following[0] not in ranges:
        return False
    if query.order:
        return _is_in_order(fields, len(points), list(query.order))
    return not ranges or following[:1] in [[name] for name in ranges]


def _is_in_order(fields: list[tuple[str, Any]], points: int, order: list[tuple[str, int]]) -> bool:
    """Whether the index, after its fields that are the same in all that is found, is in order."""
    following = [(name, int(direction)) for name, direction in fields[points:][: len(order)]]
    return order in (following, [(name, -direction) for name, direction in following])


def _is_point(asked: Any) -> bool:
    """Whether one value is asked for; None is not, as a sparse index does not have it."""
    if isinstance(asked, Mapping):
        return any(operator in _POINTS for operator in asked)
    return asked is not None


def _is_range(asked: Any) -> bool:
    return isinstance(asked, Mapping) and any(operator in _RANGES for operator in asked)


def _is_of_a_test() -> bool:
    """Whether the caller's caller is a test's code, not the service's."""
    caller = str(sys._getframe(2).f_globals["__name__"])
    return ".tests." in caller or "testing" in caller
