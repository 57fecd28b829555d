"""How many messages a subscription takes in hand, by how long the last ones took."""

from itertools import repeat

import pytest

from ticketing.common.messaging.subscription import LARGEST, SECONDS, next_size


def sizes(seconds_each: float, times: int, size: int = 1) -> list[int]:
    """The sizes that follow while as many wait as are asked for."""
    found = []
    for each in repeat(seconds_each, times):
        size = next_size(size, size, size * each)
        found.append(size)
    return found


def test_the_size_of_batches_doubles_while_they_are_quick() -> None:
    assert sizes(0.001, 8) == [2, 4, 8, 16, 32, 64, LARGEST, LARGEST]


def test_a_batch_is_no_more_than_is_handled_in_about_half_a_second() -> None:
    assert max(sizes(0.1, 8)) == SECONDS / 0.1


@pytest.mark.parametrize(
    ("size", "count", "seconds", "following"),
    [
        pytest.param(LARGEST, LARGEST, 200, 1, id="it got slow"),
        pytest.param(4, 4, 0.0, 8, id="it took no time"),
        pytest.param(8, 3, 0.001, 8, id="fewer waited than it asked for"),
    ],
)
def test_the_size_of_a_batch_follows_from_the_one_before(
    size: int, count: int, seconds: float, following: int
) -> None:
    assert next_size(size, count, seconds) == following
