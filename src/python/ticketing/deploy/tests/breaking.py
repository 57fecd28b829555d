"""Breaks one thing in rendered manifests, to see that the rule that is there for it tells."""

from typing import Any, NamedTuple

from ticketing.deploy.tests.manifests import Json, Rule, find, render

GONE = object()
"""In place of a value: what is there is taken away."""
_SHORT = {"pod": "spec template spec", "container": "spec template spec containers 0"}


class Case(NamedTuple):
    """The rule, the object, the way to what is broken in it, and what is there instead.

    The way is made of names and numbers, an empty one means the object; `told` is in the rule's
    sentence, which is the object's title if nothing else is said.
    """

    rule: Rule
    title: str
    way: str
    value: Any = GONE
    told: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.way}"

    def is_told(self, overlay: str) -> bool:
        """Whether the rule says so."""
        manifests = render(overlay)
        _break(manifests, self)
        return any((self.told or self.title) in sentence for sentence in self.rule(manifests))


def _break(manifests: list[Json], case: Case) -> None:
    broken = find(manifests, case.title)
    if not case.way:
        manifests.remove(broken)
        return
    first, _, rest = case.way.partition(" ")
    *way, last = f"{_SHORT.get(first, first)} {rest}".split()
    place: Any = broken
    for step in way:
        place = place[_key(place, step)]
    if case.value is GONE:
        del place[_key(place, last)]
    else:
        place[_key(place, last)] = case.value


def _key(place: Any, step: str) -> Any:
    if isinstance(place, dict):
        return step
    if step.isdigit():
        return int(step)
    return [one["name"] for one in place].index(step)
