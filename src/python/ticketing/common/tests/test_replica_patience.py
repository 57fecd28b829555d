"""How long a replica waits for news that may be on the way, and for how many at once."""

import threading
import time
from collections.abc import Callable

import pytest

from ticketing.common.errors import NotFound
from ticketing.common.mongo import new_id
from ticketing.common.replica import PATIENCE
from ticketing.common.replica import WAITING
from ticketing.common.testing import UNKNOWN_ID
from ticketing.common.testing import memory_database
from ticketing.common.tests.things import Copies
from ticketing.common.tests.things import Copy
from ticketing.common.tests.threads import together

AT_ONCE = PATIENCE / 2


@pytest.fixture()
def replica() -> Copies:
    return Copies(memory_database()["replica"])


def seconds(call: Callable[[], object]) -> float:
    start = time.monotonic()
    call()
    return time.monotonic() - start


def search(replica: Copies, id: str) -> None:
    with pytest.raises(NotFound):
        replica.wait_for(id)


def searches(replica: Copies, count: int) -> list[float]:
    """The seconds that each of so many searches at once for what was just made takes."""
    taken = list[float]()
    together([lambda: taken.append(seconds(lambda: search(replica, new_id())))] * count)
    return taken


def test_only_so_many_wait_at_once_and_the_others_are_answered(replica: Copies) -> None:
    for _ in range(2):  # who has waited makes room
        taken = searches(replica, WAITING + 8)
        patient = [one for one in taken if one > AT_ONCE]
        assert (len(taken), len(patient)) == (WAITING + 8, WAITING)
        assert min(patient) >= PATIENCE


def test_what_is_known_is_found_at_once_however_many_wait(replica: Copies) -> None:
    id, taken = new_id(), list[float]()
    replica.keep(Copy(id=id), 0)
    together(
        [lambda: search(replica, new_id())] * WAITING
        + [lambda: taken.append(seconds(lambda: replica.wait_for(id)))] * 8
    )
    assert len(taken) == 8
    assert max(taken) < AT_ONCE


@pytest.mark.parametrize("id", [UNKNOWN_ID, "5c0a", "", "z" * 24])
def test_nobody_waits_for_an_id_that_was_not_just_made(replica: Copies, id: str) -> None:
    assert seconds(lambda: search(replica, id)) < AT_ONCE


def test_news_that_comes_meanwhile_is_returned(replica: Copies) -> None:
    id = new_id()
    news = threading.Timer(PATIENCE / 4, lambda: replica.keep(Copy(id=id, name="news"), 3))
    news.start()
    assert replica.wait_for(id) == Copy(id=id, name="news")
    news.join()
