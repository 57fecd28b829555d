"""Things made of others by the names of their fields."""

from dataclasses import dataclass

import pytest
from msgspec import UNSET, Struct, UnsetType

from ticketing.common.core.fields import like


@dataclass(frozen=True, kw_only=True)
class Seat:
    row: int
    note: str | None = None
    sold: bool = False


class Shown(Struct, kw_only=True):
    row: int
    note: str | UnsetType = UNSET
    price: int = 1


@pytest.mark.parametrize(
    ("source", "others", "made"),
    [
        (Seat(row=1, note="aisle"), {}, Shown(row=1, note="aisle")),
        (Seat(row=1), {}, Shown(row=1)),
        (Seat(row=1, sold=True), {"price": 2, "row": 3}, Shown(row=3, price=2)),
        (Seat(row=1), {"price": None}, Shown(row=1, price=1)),
    ],
)
def test_fields_of_the_same_name_are_as_in_the_source_but_for_the_others(
    source: Seat, others: dict[str, object], made: Shown
) -> None:
    assert like(Shown, source, **others) == made


def test_a_dataclass_is_made_of_a_struct() -> None:
    assert like(Seat, Shown(row=2, note="aisle", price=5)) == Seat(row=2, note="aisle")


def test_what_lacks_a_field_without_default_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="row"):
        like(Seat, object())
