"""What the broker lets each service publish is what the document says that it sends."""

from collections.abc import Iterator

import pytest

from ticketing.common.messaging.streams import SUBJECTS
from ticketing.documents.asyncapi import asyncapi
from ticketing.registry.access import published


def operations(action: str) -> Iterator[tuple[str, str]]:
    """Services, with the subjects that they send or receive."""
    for name in asyncapi()["operations"]:
        service, kind, subject = name.split(".", 2)
        if kind == action:
            yield service, subject


def matches(pattern: str, subject: str) -> bool:
    """As the broker does it: `*` is one word, `>` all that are left."""
    wanted, words = pattern.split("."), subject.split(".")
    if wanted[-1] == ">" and len(words) >= len(wanted):
        wanted, words = wanted[:-1], words[: len(wanted) - 1]
    same = (one in ("*", word) for one, word in zip(wanted, words, strict=False))
    return len(wanted) == len(words) and all(same)


SENT = sorted(operations("send"))


@pytest.mark.parametrize(("service", "subject"), SENT)
def test_who_tells_of_an_event_may_publish_it_and_nobody_else(service: str, subject: str) -> None:
    may = [
        name
        for name, patterns in published().items()
        if any(matches(pattern, subject) for pattern in patterns)
    ]
    assert may == [service]


def test_nobody_may_publish_what_is_no_event() -> None:
    patterns = [pattern for all_of_one in published().values() for pattern in all_of_one]
    told = [subject for _, subject in SENT]
    idle = [one for one in patterns if not any(matches(one, subject) for subject in told)]
    assert idle == []


@pytest.mark.parametrize(("service", "subject"), SENT)
def test_every_event_has_its_place_in_the_stream(service: str, subject: str) -> None:
    assert any(matches(pattern, subject) for pattern in SUBJECTS)


def test_who_hears_of_events_is_a_user_of_the_broker() -> None:
    assert {service for service, _ in operations("receive")} <= published().keys()


@pytest.mark.parametrize(
    ("pattern", "subject", "fits"),
    [
        ("ticket.*", "ticket.created", True),
        ("ticket.*", "ticket.created.twice", False),
        ("ticket.>", "ticket.created.twice", True),
        ("ticket.*", "order.created", False),
        ("payment.created", "payment.rejected", False),
        ("ticket.>", "ticket", False),
    ],
)
def test_subjects_match_as_at_the_broker(pattern: str, subject: str, fits: bool) -> None:
    assert matches(pattern, subject) == fits
