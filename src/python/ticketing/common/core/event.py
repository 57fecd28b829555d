"""What an event is: a fact that happened, with the public state of what it tells of."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import msgspec


class State(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, dict=True
):
    """Public state inside an event."""

    @property
    def unknown(self) -> Mapping[str, Any]:
        """The fields of a newer version, as they came, of a state that `read` has read."""
        fields: Mapping[str, Any] = self.__dict__.get("unknown", {})
        return fields


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="subject"):
    """A fact that happened; `id` is unique and stays the same however often it is delivered."""

    id: str
    occurred_at: datetime

    @property
    def state(self) -> State | None:
        """The public state that it carries; None where it carries none."""
        values = (getattr(self, name) for name in self.__struct_fields__)
        return next((value for value in values if isinstance(value, State)), None)

    @property
    def about(self) -> str:
        """The id of what it tells of: its state's, or else the first that it names."""
        if self.state is not None:
            return str(getattr(self.state, "id", ""))
        names = (name for name in self.__struct_fields__ if name.endswith("_id"))
        return str(getattr(self, next(names, ""), ""))


E = TypeVar("E", bound=Event)


def read(kind: type[E], body: bytes) -> E:
    """The event in a message; its state has, in `unknown`, what a newer version says beside it.

    Raises ValueError where it cannot be read.
    """
    event = msgspec.json.decode(body, type=kind)
    state = event.state
    if state is not None:
        field, known = _carried(kind)
        told = msgspec.json.decode(body)[field]
        news = {name: told[name] for name in told.keys() - known if name.isalnum()}
        state.__dict__["unknown"] = news
    return event


@cache
def _carried(kind: type[Event]) -> tuple[str, frozenset[str]]:
    """Under which name events of this type carry their state, and the names in that."""
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, State):
            return field.encode_name, frozenset(field.type.__struct_encode_fields__)
    raise TypeError(f"{kind} carries no state")


def subject(event: type[Event]) -> str:
    """The subject under which events of this type travel, such as `order.created`."""
    return str(event.__struct_config__.tag)
