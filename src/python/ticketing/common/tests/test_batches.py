"""How many messages a consumer takes in hand, by how long the last ones took."""

from itertools import repeat

from ticketing.common.messaging.batches import LARGEST, SECONDS, Batch


def sizes(seconds_each: float, times: int, batch: Batch) -> list[int]:
    """The sizes that follow while as many wait as are asked for."""
    found = []
    for each in repeat(seconds_each, times):
        batch.handled(batch.size, batch.size * each)
        found.append(batch.size)
    return found


def test_it_begins_with_one_and_doubles_while_that_is_quick() -> None:
    batch = Batch()
    assert batch.size == 1
    assert sizes(0.001, 8, batch) == [2, 4, 8, 16, 32, 64, LARGEST, LARGEST]


def test_it_takes_no_more_than_it_handles_in_about_half_a_second() -> None:
    assert max(sizes(0.1, 8, Batch())) == SECONDS / 0.1


def test_when_it_gets_slow_it_takes_one_at_a_time() -> None:
    assert sizes(2, 1, Batch(size=LARGEST)) == [1]


def test_what_costs_nothing_is_no_reason_to_divide_by_it() -> None:
    assert sizes(0, 1, Batch(size=4)) == [8]


def test_it_does_not_grow_while_fewer_wait_than_it_asks_for() -> None:
    batch = Batch(size=8)
    batch.handled(3, 0.001)
    assert batch.size == 8


def test_what_came_before_is_reason_to_begin_anew() -> None:
    batch = Batch(size=LARGEST)
    batch.alone()
    assert batch.size == 1
