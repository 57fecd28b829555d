"""What a change of a schema takes away: from who reads what is told, and who sends what is asked.

A choice (of an enum) that is gone breaks both: who waits for it waits for ever, who sends it is
refused. A new one breaks only who reads: answers and events are read into what has just the choices
of before. Limits of what is told may change; those of what is asked may only get wider.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

LOWER = ("minLength", "minimum", "exclusiveMinimum", "minItems")
UPPER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")
SAME = ("pattern", "format", "multipleOf", "not")
"""Limits of which nobody can say whether another is narrower."""


@dataclass(frozen=True)
class Shape:
    """A schema, no reference itself, and the document that its references lead into."""

    document: Json
    schema: Json

    @property
    def kind(self) -> str:
        """Its types, or its one value."""
        if branches := self.branches:
            return " or ".join(one.kind for one in branches)
        texts = all(isinstance(choice, str) for choice in self.schema.get("enum", [None]))
        return str(self.schema.get("const", self.schema.get("type", "string" if texts else "any")))

    @property
    def choices(self) -> list[Any] | None:
        """None where it is free."""
        return self.schema.get("enum")

    @property
    def required(self) -> list[str]:
        """The fields that are always there."""
        found: list[str] = self.schema.get("required", [])
        return found

    @property
    def fields(self) -> Mapping[str, "Shape"]:
        """What an object holds."""
        properties: Json = self.schema.get("properties", {})
        return {name: shape(self.document, one) for name, one in properties.items()}

    @property
    def branches(self) -> list["Shape"]:
        """Of which it is one, in the order of their kinds."""
        found = [shape(self.document, one) for one in self.schema.get("anyOf", [])]
        return sorted(found, key=lambda one: one.kind)

    @property
    def items(self) -> "Shape":
        """What a list holds."""
        return shape(self.document, self.schema.get("items", {}))


def shape(document: Json, thing: Json) -> Shape:
    """The schema, or that to which it refers."""
    return Shape(document, at(document, thing))


def at(document: Json, thing: Json) -> Json:
    """The thing itself, where this refers to one."""
    if "$ref" not in thing:
        return thing
    found = document
    for part in thing["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def given(name: str, was: Shape, now: Shape) -> Iterator[str]:
    """What is told: a field must stay, of its type, and where it was always there."""
    if was.kind != now.kind:
        yield f"{name}: {was.kind} is now {now.kind}"
        return
    yield from _choices_given(name, was, now)
    for field, before in was.fields.items():
        label = f"{name}.{field}"
        if field not in now.fields:
            yield f"{label} is gone"
            continue
        if field in was.required and field not in now.required:
            yield f"{label} may now be missing"
        yield from given(label, before, now.fields[field])
    for part, before, after in _within(was, now):
        yield from given(f"{name}{part}", before, after)


def unfilled(name: str, was: Shape, now: Shape) -> Iterator[str]:
    """Who reads an event of before must have a default for what it lacks."""
    for field, after in now.fields.items():
        if field in was.fields:
            yield from unfilled(f"{name}.{field}", was.fields[field], after)
        elif field in now.required:
            yield f"{name}.{field} is new, and has no default for events from before"
    for part, before, after in _within(was, now):
        yield from unfilled(f"{name}{part}", before, after)


def taken(name: str, was: Shape, now: Shape) -> Iterator[str]:
    """What is asked for: what was enough must stay so."""
    if was.kind != now.kind:
        yield f"{name}: {was.kind} is now {now.kind}"
        return
    yield from _narrower(name, was, now)
    for field, before in was.fields.items():
        if field not in now.fields:
            yield f"{name} {field} is gone"
        else:
            yield from taken(f"{name} {field}", before, now.fields[field])
    for field in now.required:
        if field not in was.required:
            yield f"{name} {field} is now required"
    for part, before, after in _within(was, now):
        yield from taken(f"{name}{part}", before, after)


def _within(was: Shape, now: Shape) -> Iterator[tuple[str, Shape, Shape]]:
    """What both hold besides fields, and its name: the branches of either, the items of a list."""
    for before, after in zip(was.branches, now.branches, strict=False):
        yield "", before, after
    if "items" in was.schema:
        yield "[]", was.items, now.items


def _choices_given(name: str, was: Shape, now: Shape) -> Iterator[str]:
    yield from _choices_gone(name, was, now)
    if was.choices is not None and now.choices is None:
        yield f"{name}: it is no longer one of {', '.join(map(str, was.choices))}"
    for choice in now.choices or []:
        if was.choices is not None and choice not in was.choices:
            yield f"{name}: {choice} is a choice that readers do not know"


def _choices_gone(name: str, was: Shape, now: Shape) -> Iterator[str]:
    for choice in was.choices or []:
        if now.choices is not None and choice not in now.choices:
            yield f"{name}: {choice} is no choice any more"


def _narrower(name: str, was: Shape, now: Shape) -> Iterator[str]:
    yield from _choices_gone(name, was, now)
    if now.choices is not None and was.choices is None:
        yield f"{name}: it must now be one of {', '.join(map(str, now.choices))}"
    before, after = was.schema, now.schema
    for limits, sign in ((LOWER, -1), (UPPER, 1)):
        for limit in limits:
            if limit in after and (
                limit not in before or sign * after[limit] < sign * before[limit]
            ):
                yield f"{name}: {limit} is now {after[limit]}"
    for limit in SAME:
        if limit in after and after[limit] != before.get(limit):
            yield f"{name}: {limit} is now {after[limit]}"
