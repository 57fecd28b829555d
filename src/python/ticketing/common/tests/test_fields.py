"""Things made of others by the names of their fields."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from msgspec import UNSET, Struct, UnsetType

from ticketing.common.core.fields import like
from ticketing.common.web.views import View, view


@dataclass(frozen=True, kw_only=True)
class Seat:
    row: int
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sale(Seat):
    at: datetime
    price: int = 1


class Told(Struct, kw_only=True):
    row: int
    note: str | None = "none"


class Shown(View, frozen=True):
    row: int
    note: str | UnsetType = UNSET
    at: str | UnsetType = UNSET


SALE = Sale(row=1, note="aisle", at=datetime(2026, 1, 31, 12, tzinfo=UTC), price=5)


@pytest.mark.parametrize(
    ("source", "others", "made"),
    [
        (SALE, {}, Told(row=1, note="aisle")),
        (Seat(row=1), {}, Told(row=1, note=None)),
        (SALE, {"row": 3, "note": None}, Told(row=3, note=None)),
    ],
)
def test_fields_of_the_same_name_are_as_in_the_source_but_for_the_others(
    source: Seat, others: dict[str, object], made: Told
) -> None:
    assert like(Told, source, **others) == made


def test_a_dataclass_is_made_of_a_struct() -> None:
    assert like(Seat, Told(row=2, note="aisle")) == Seat(row=2, note="aisle")


def test_what_the_source_lacks_is_not_left_to_a_default() -> None:
    with pytest.raises(AttributeError, match="price"):
        like(Sale, Seat(row=1), at=SALE.at)
    with pytest.raises(AttributeError, match="at"):
        view(Shown, Seat(row=1))


def test_a_view_leaves_out_what_is_none_and_has_times_in_their_form() -> None:
    assert view(Shown, SALE) == Shown(row=1, note="aisle", at="2026-01-31T12:00:00.000Z")
    assert view(Shown, SALE, note=None, at=None) == Shown(row=1)
