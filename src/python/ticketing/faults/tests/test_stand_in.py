"""The switches of the stand-in, when several faults have their hand on them and it may be gone."""

import json
from collections.abc import Iterator

import pytest

from ticketing.faults.schedule import OF_STRIPE, Fault, Kind
from ticketing.faults.stand_in import StandIn, switches
from ticketing.faults.tests.shop import Shop, says
from ticketing.stripe_fake.switches import Faults

SLOW = Fault(kind=Kind.STRIPE_SLOW, seconds=1, strength=2.5)
LOST = Fault(kind=Kind.WEBHOOKS_LOST, seconds=1, strength=0.5)


@pytest.fixture()
def shop() -> Iterator[Shop]:
    shop = Shop([says(200)])
    yield shop
    shop.close()


def told(shop: Shop) -> list[object]:
    return [json.loads(each.body) for each in shop.asked]


def test_what_one_fault_set_stays_while_another_ends(shop: Shop) -> None:
    stand_in = StandIn(shop.url, seed=4)
    stand_in.begin(SLOW)
    stand_in.begin(LOST)
    stand_in.end(Kind.STRIPE_SLOW)
    stand_in.well()
    assert {(each.method, each.path) for each in shop.asked} == {("PUT", "/test/faults")}
    assert told(shop) == [
        {"seed": 4, "delay": 2.5},
        {"seed": 4, "delay": 2.5, "webhookLoss": 0.5},
        {"seed": 4, "webhookLoss": 0.5},
        {"seed": 4},
    ]


def test_the_stand_in_knows_every_switch() -> None:
    for kind in OF_STRIPE:
        [name] = switches(Fault(kind=kind, strength=1))
        assert name in Faults.__struct_encode_fields__


def test_what_is_no_matter_of_stripes_is_not_switched() -> None:
    with pytest.raises(ValueError, match="kill"):
        switches(Fault(kind=Kind.KILL))
