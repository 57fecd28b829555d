"""How long a replica waits for news that may be on the way, and for how many at once."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from ticketing.common.core.errors import NotFound
from ticketing.common.storage import replica as replicas
from ticketing.common.storage.mongo import new_id
from ticketing.common.storage.replica import WAITING
from ticketing.common.testing.servers import eventually
from ticketing.common.testing.services import UNKNOWN_ID, memory_database
from ticketing.common.tests.things import Copies, Copy

PATIENCE = 120.0
AT_ONCE = PATIENCE / 2


@pytest.fixture()
def replica(monkeypatch: pytest.MonkeyPatch) -> Copies:
    """One whose patience no machine is too slow for."""
    monkeypatch.setattr(replicas, "PATIENCE", PATIENCE)
    return Copies(memory_database()["replica"])


def seconds(call: Callable[[], object]) -> float:
    start = time.monotonic()
    call()
    return time.monotonic() - start


def search(replica: Copies, id: str) -> None:
    with pytest.raises(NotFound):
        replica.wait_for(id)


@contextmanager
def crowd(replica: Copies, size: int) -> Iterator[dict[str, Future[Copy]]]:
    """So many searches at once for what was just made, once those beyond WAITING are answered; the
    others have theirs at the end.
    """
    with ThreadPoolExecutor(size) as pool:
        asked = {id: pool.submit(replica.wait_for, id) for id in [new_id() for _ in range(size)]}
        eventually(lambda: sum(one.done() for one in asked.values()) >= size - WAITING)
        yield asked
        for id in asked:
            replica.keep(Copy(id=id), 0)


def test_only_so_many_wait_at_once_and_the_others_are_answered(replica: Copies) -> None:
    for _ in range(2):  # who has waited makes room
        with crowd(replica, WAITING + 8) as asked:
            waiting = [one for one in asked.values() if not one.done()]
            answered = [one for one in asked.values() if one.done()]
        assert (len(waiting), len(answered)) == (WAITING, 8)
        assert all(isinstance(one.exception(), NotFound) for one in answered)
        assert all(isinstance(one.result(), Copy) for one in waiting)


def test_what_is_known_is_found_at_once_however_many_wait(replica: Copies) -> None:
    id = new_id()
    replica.keep(Copy(id=id), 0)
    with crowd(replica, WAITING + 1):
        assert seconds(lambda: replica.wait_for(id)) < AT_ONCE


@pytest.mark.parametrize("id", [UNKNOWN_ID, "5c0a", "", "z" * 24])
def test_nobody_waits_for_an_id_that_was_not_just_made(replica: Copies, id: str) -> None:
    assert seconds(lambda: search(replica, id)) < AT_ONCE


def test_news_that_comes_meanwhile_is_returned(replica: Copies) -> None:
    id = new_id()
    news = threading.Timer(0.2, lambda: replica.keep(Copy(id=id, name="news"), 3))
    news.start()
    assert replica.wait_for(id) == Copy(id=id, name="news")
    news.join()


def test_patience_has_an_end(replica: Copies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicas, "PATIENCE", 0.2)
    assert seconds(lambda: search(replica, new_id())) >= 0.2
