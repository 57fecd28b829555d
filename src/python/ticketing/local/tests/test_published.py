"""What a service declares to publish is what its code tells of, and nobody else may."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from ticketing.common.core.event import Event, subject
from ticketing.common.core.events import EVENTS
from ticketing.registry.access import published
from ticketing.registry.declarations import services
from ticketing.registry.programs import built_by, sample


def matches(pattern: str, subject: str) -> bool:
    """As the broker does it: `*` is one word."""
    wanted, words = pattern.split("."), subject.split(".")
    same = (one in ("*", word) for one, word in zip(wanted, words, strict=False))
    return len(wanted) == len(words) and all(same)


def events_in(module: str) -> set[str]:
    """The subjects of the events that a module knows by name."""
    known = [one for one in vars(import_module(module)).values() if isinstance(one, type)]
    return {subject(one) for one in known if issubclass(one, Event) and one is not Event}


def told_by(name: str) -> set[str]:
    """Of the events that a service's code knows, those that its handlers do not bring."""
    package = import_module(f"ticketing.{name}")
    modules = {module.name for module in iter_modules(package.__path__)} - {"handlers", "tests"}
    return set[str]().union(*(events_in(f"{package.__name__}.{module}") for module in modules))


def who_may(event: str) -> list[str]:
    return [name for name, own in published().items() if any(matches(one, event) for one in own)]


@pytest.mark.parametrize("name", services())
def test_a_service_may_publish_what_its_code_tells_of(name: str) -> None:
    told, declared = told_by(name), services()[name].publishes
    assert {event: who_may(event) for event in told} == {event: [name] for event in told}
    assert [one for one in declared if not any(matches(one, event) for event in told)] == []


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_event_is_told_by_one(event: str) -> None:
    assert len(who_may(event)) == 1


def test_who_hears_of_events_is_a_user_of_the_broker() -> None:
    assert {name for name in built_by() if sample(name).router.subjects} <= published().keys()


@pytest.mark.parametrize(
    ("pattern", "subject", "fits"),
    [
        ("ticket.*", "ticket.created", True),
        ("ticket.*", "ticket.created.twice", False),
        ("ticket.*", "order.created", False),
        ("payment.created", "payment.rejected", False),
    ],
)
def test_subjects_match_as_at_the_broker(pattern: str, subject: str, fits: bool) -> None:
    assert matches(pattern, subject) == fits
