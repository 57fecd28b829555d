"""What becomes of a dataclass in MongoDB, and of a document in a program."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import bson
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.storage.mapping import from_document, state_of, stored_names

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
AS_SERVICES_READ: Any = bson.CodecOptions(tz_aware=True)


class Mood(StrEnum):
    CALM = "calm"
    VERY_LOUD = "very:loud"


@dataclass(frozen=True, kw_only=True)
class Seat:
    id: str
    row_number: int
    version: int = 0
    note: str | None = None


@dataclass(kw_only=True)
class Show(Aggregate):
    price: int
    mood: Mood = Mood.CALM
    begins_at: datetime | None = None
    sold_out: bool = False
    first_row_left_seat: Seat | None = None
    seats: list[Seat] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def show(**fields: Any) -> Show:
    return Show(**{"id": "a", "version": 3, "price": 2050, **fields})


def stored(thing: Show) -> dict[str, Any]:
    """Its document, as a service reads it from the database."""
    state = {name: value for name, value in state_of(thing).items() if value is not None}
    document = {"_id": thing.id, "version": thing.version, **state}
    return bson.decode(bson.encode(document), AS_SERVICES_READ)


@pytest.mark.parametrize(
    ("fields", "stored_as"),
    [
        ({"price": 99_999_999_999}, {"price": 99_999_999_999}),
        ({"mood": Mood.VERY_LOUD}, {"mood": "very:loud"}),
        ({"begins_at": NOON}, {"beginsAt": NOON}),
        ({"begins_at": None}, {"beginsAt": None}),
        ({"sold_out": False}, {"soldOut": False}),
        ({"tags": ["a_b", "cD"]}, {"tags": ["a_b", "cD"]}),
        (
            {"first_row_left_seat": Seat(id="s", row_number=1, version=7, note="old")},
            {"firstRowLeftSeat": {"id": "s", "rowNumber": 1, "version": 7, "note": "old"}},
        ),
        ({"first_row_left_seat": None}, {"firstRowLeftSeat": None}),
        (
            {"seats": [Seat(id="s", row_number=1)]},
            {"seats": [{"id": "s", "rowNumber": 1, "version": 0}]},
        ),
    ],
    ids=str,
)
def test_a_field_has_one_form_in_a_state(fields: dict[str, Any], stored_as: Any) -> None:
    state = state_of(show(**fields))
    assert {name: state[name] for name in stored_as} == stored_as
    assert from_document(Show, stored(show(**fields))) == show(**fields)


def test_a_state_is_all_but_what_every_aggregate_has() -> None:
    thing = show()
    thing.change()
    names = ["price", "mood", "beginsAt", "soldOut", "firstRowLeftSeat", "seats", "tags"]
    assert list(state_of(thing)) == names
    assert not isinstance(state_of(thing)["mood"], Mood)
    assert stored_names(Show) == ["_id", "version", *sorted(names)]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"_id": "a", "version": 3, "price": 2050}, show()),
        ({"_id": "a", "version": 3, "price": 2050, "outbox": [1], "seen_at": NOON}, show()),
        ({"_id": "a", "version": 3, "price": 2050, "beginsAt": None, "mood": "calm"}, show()),
        ({"_id": "a", "price": 2050}, show(version=-1)),
    ],
    ids=["defaults", "unknown fields", "null", "no version"],
)
def test_what_is_absent_is_as_by_default_and_what_is_unknown_is_passed_over(
    document: dict[str, Any], expected: Show
) -> None:
    assert from_document(Show, document) == expected


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"price": None}, "missing required field `price`"),
        ({"price": "20"}, r"Expected `int`, got `str` - at `\$.price`"),
        ({"mood": "sad"}, r"Invalid enum value 'sad' - at `\$.mood`"),
        ({"firstRowLeftSeat": {"id": "s"}}, "missing required field `row_number`"),
    ],
    ids=str,
)
def test_what_cannot_be_one_is_refused(change: dict[str, Any], complaint: str) -> None:
    document = {name: value for name, value in {**stored(show()), **change}.items() if value}
    with pytest.raises(msgspec.ValidationError, match=complaint):
        from_document(Show, document)


numbers = st.integers(-(2**63), 2**63 - 1)
moments = st.datetimes(timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
texts = st.text()
seats = st.builds(Seat, id=texts, row_number=numbers, version=numbers, note=texts | st.none())
shows = st.builds(
    Show,
    id=texts,
    version=numbers,
    changed=st.just(False),
    events=st.just([]),
    price=numbers,
    begins_at=moments | st.none(),
    first_row_left_seat=seats | st.none(),
    seats=st.lists(seats, max_size=3),
)


@given(shows)
def test_what_is_stored_comes_back(thing: Show) -> None:
    assert from_document(Show, stored(thing)) == thing
